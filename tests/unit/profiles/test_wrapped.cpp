#include "profiles/wrapped.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

TEST_CASE("words go into lines of eighty columns, and a list of flags breaks between two of them", "[profiles]") {
    CHECK(wrapped("  x  ", "") == "  x  \n");
    CHECK(wrapped("  x  ", "one two") == "  x  one two\n");
    const std::string word(30, 'w');
    CHECK(wrapped("- ", word + " " + word + " " + word) == "- " + word + " " + word + "\n  " + word + "\n");
    const std::string flag(40, 'F');
    CHECK(wrapped("- ", flag + "|" + flag + "|" + flag) == "- " + flag + "|\n  " + flag + "|\n  " + flag + "\n");
    const std::string endless(100, 'e');
    CHECK(wrapped("- ", endless) == "- " + endless + "\n");
    CHECK(wrapped("", std::string(39, 'a') + " " + "ü" + std::string(39, 'b')) ==
          std::string(39, 'a') + " ü" + std::string(39, 'b') + "\n");
    CHECK(wrapped("", "\x1b[31m") == "\\x1b[31m\n");
}

}  // namespace callgate::profiles
