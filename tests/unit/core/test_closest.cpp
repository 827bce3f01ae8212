#include "harness/core/closest.h"

#include <catch2/catch.hpp>

namespace callgate::core {

TEST_CASE("the nearest candidate is one that a third of the letters away", "[core]") {
    const std::vector<std::string> keys{"scenarios", "syscalls", "profile", "modes", "env"};
    const auto [word, nearest] = GENERATE(table<std::string, std::string>({
        {"scenaros", "scenarios"},
        {"Scenarios", "scenarios"},  // letter case is no distance
        {"SYSCALS", "syscalls"},
        {"scenarsio", "scenarios"},
        {"profiles", "profile"},
        {"mode", "modes"},
        {"evn", "env"},  // neighbours that changed places
        {"ent", "env"},
        {"ens", "env"},
        {"eee", "none"},
        {"workload", "none"},
        {"", "none"},
        {"x", "none"},
    }));
    CHECK(closest(word, keys).value_or("none") == nearest);
}

TEST_CASE("of candidates that are equally near the first is taken", "[core]") {
    CHECK(closest("reat", {"read", "real"}) == "read");
    CHECK(closest("reat", {"real", "read"}) == "real");
}

TEST_CASE("a word too long for any name is compared with none", "[core]") {
    const std::string longest(64, 'a');
    CHECK(closest(longest, {longest}) == longest);
    CHECK_FALSE(closest(longest + "a", {longest + "a"}).has_value());
    CHECK_FALSE(closest("a", {}).has_value());
}

TEST_CASE("a suggestion names the nearest, else a short list, else nothing", "[core]") {
    CHECK(suggestion("audit", {"baseline", "log", "errno"}) == "one of baseline, log, errno");
    CHECK(suggestion("logg", {"baseline", "log", "errno"}) == "did you mean 'log'?");
    CHECK(suggestion("x", {}).empty());
    CHECK(suggestion("something", std::vector<std::string>(16, "a")).size() ==
          std::string{"one of "}.size() + 16 * 3 - 2);
    CHECK(suggestion("something", std::vector<std::string>(17, "a")).empty());
}

}  // namespace callgate::core
