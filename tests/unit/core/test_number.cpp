#include "harness/core/number.h"

#include <catch2/catch.hpp>

#include <cstdint>

namespace callgate::core {

TEST_CASE("a number is the whole text, and fits", "[core]") {
    CHECK(number_in<int>("-12") == -12);
    CHECK(number_in<std::uint16_t>("65535") == 65535);
    CHECK(number_in<std::uint64_t>("ffffffffffffffff", 16) == UINT64_MAX);
    CHECK(number_in<int>("0012") == 12);
    for (const auto* const other : {"", " 1", "1 ", "+1", "1x", "x", "0x1", "99999999999"}) {
        INFO(other);
        CHECK_FALSE(number_in<int>(other));
    }
    CHECK_FALSE(number_in<std::uint16_t>("65536"));
    CHECK_FALSE(number_in<unsigned>("-1"));
}

TEST_CASE("a word of a register begins with 0x", "[core]") {
    CHECK(hexadecimal_in("0x1f") == 31);
    CHECK_FALSE(hexadecimal_in("1f"));
    CHECK_FALSE(hexadecimal_in("0x"));
    CHECK_FALSE(hexadecimal_in("0x1g"));
}

}  // namespace callgate::core
