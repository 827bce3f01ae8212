#include "harness/core/sha256.h"

#include <catch2/catch.hpp>

#include <string>

using callgate::core::sha256;

TEST_CASE("a digest is what sha256sum prints", "[core]") {
    // FIPS 180-2, appendix B.
    CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256(std::string(1, '\0')) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}
