#include "reports/pick_case.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <string>

using namespace callgate;
using reports::pick_case;

TEST_CASE("a case is picked by its name, its number, a glob or a part of its name", "[reports]") {
    const auto run = tests::violated_run();
    const auto [wanted, index] = GENERATE(table<std::string, std::size_t>({
        {"nginx.json / log / startup", 0},
        {"1", 0},
        {"7", 6},
        {"*log*reload*", 2},
        {"log / reload", 2},
        {"enforce", 6},
    }));
    INFO(wanted);
    const auto picked = pick_case(run, wanted);
    REQUIRE(picked);
    CHECK(*picked == index);
}

TEST_CASE("an exact name wins over a number and over names that hold it", "[reports]") {
    auto run = tests::violated_run();
    run.cases[3].name = "1";
    run.cases[4].name = "11";
    CHECK(pick_case(run, "1").value() == 3);
}

TEST_CASE("what fits several cases or none is refused with those that come into question", "[reports]") {
    const auto run = tests::setup_failed_run();
    CHECK(pick_case(run, "nginx").error().message ==
          "'nginx' fits 2 cases of the report; give a number or a name:\n"
          "     1  nginx.json / log / startup\n"
          "     2  nginx.json / log / load");
    for (const std::string wanted : {"shutdown", "0", "3", "-1", ""}) {
        CHECK(pick_case(run, wanted).error().message == "no case of the report is '" + wanted +
                                                            "'; it holds:\n"
                                                            "     1  nginx.json / log / startup\n"
                                                            "     2  nginx.json / log / load");
    }
    CHECK(pick_case({}, "1").error().message == "the report holds no case");
}

TEST_CASE("names that a workload chose are safe to list, and only some are", "[reports]") {
    const auto message = pick_case(tests::hostile_run(), "no such").error().message;
    CHECK(message.find('\x1b') == std::string::npos);
    auto run = tests::setup_failed_run();
    run.cases.resize(100);
    CHECK(pick_case(run, "no such").error().message.ends_with("\n  and 40 more"));
}
