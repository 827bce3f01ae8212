#include "reports/ci_safe.h"

#include <catch2/catch.hpp>

#include <string>

TEST_CASE("no line that is shown is a command to a CI system", "[reports]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"plain", "plain"},
        {"a::b", "a::b"},
        {"::error::x", "\\::error::x"},
        {"  \t::error::x", "  \t\\::error::x"},
        {"\u3000\u00a0::error::x", "\u3000\u00a0\\::error::x"},
        {"a\n::x\r::y\n", "a\n\\::x\r\\::y\n"},
        {"a ##[error]b", "a #\\#[error]b"},
        {"###[error]b", "##\\#[error]b"},
        {"##VSO[task.complete]", "#\\#VSO[task.complete]"},
        {"##teamcity[x]", "#\\#teamcity[x]"},
        {"[[ATTACHMENT|/etc/passwd]]", "[\\[ATTACHMENT|/etc/passwd]]"},
        {"## heading [1]", "## heading [1]"},
        {"", ""},
    }));
    CHECK(callgate::reports::ci_safe(text) == expected);
    CHECK(callgate::reports::ci_safe(expected) == expected);
}
