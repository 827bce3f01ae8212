#include "tests/support/fake_instance.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>

#include <csignal>

namespace callgate::scenarios {

using Kind = model::ProcessEnd::Kind;
using tests::FakeRunner;
using tests::FakeWorld;

TEST_CASE("a command may end in several ways, and must not say some things", "[scenarios]") {
    const auto [expect, script, outcome] = GENERATE(table<std::string, FakeRunner::Script, std::string>({
        {"{exit: [0, 3]}", {"", "", {Kind::exited, 3}, "", ""}, "passed"},
        {"{exit: [0, 3]}",
         {"", "no such thing\n", {Kind::exited, 1}, "", ""},
         "expectation-missed: exited with 1, wanted exit status 0 or 3; its last words: no such thing"},
        {"{exit: [0, 3]}",
         {"", "", {Kind::signaled, 3}, "", ""},
         "expectation-missed: killed by SIGQUIT, wanted exit status 0 or 3"},
        {"{stdout: {contains: [a, c]}}", {"abc", "", {Kind::exited, 0}, "", ""}, "passed"},
        {"{stdout: {contains: [a, d]}}",
         {"abc\n", "", {Kind::exited, 0}, "", ""},
         "expectation-missed: no 'd' in its standard output, which ends with 'abc'"},
        {"{stdout: {absent: MISCONF}}", {"OK\n", "", {Kind::exited, 0}, "", ""}, "passed"},
        {"{stdout: {absent: [x, MISCONF]}}",
         {"OK\n(error) MISCONF Redis is stuck\nbye\n", "", {Kind::exited, 0}, "", ""},
         "expectation-missed: 'MISCONF' in its standard output: (error) MISCONF Redis is stuck"},
        {"{stderr: {absent: error}}",
         {"error", "an error\n", {Kind::exited, 0}, "", ""},
         "expectation-missed: 'error' in its standard error: an error"},
    }));
    FakeWorld world;
    world.runner.scripts = {script};
    CHECK(told(world.run(*build_step("exec: {command: [sh], expect: " + expect + "}")).back()) == outcome);
}

TEST_CASE("a command runs as the user that the plan names", "[scenarios]") {
    FakeWorld world;
    CHECK(told(world.run(*build_step("exec: {command: [sh], user: nobody}")).back()) == "passed");
    CHECK(told(world.run(*build_step("exec: {command: [sh]}")).back()) == "passed");
    REQUIRE(world.runner.requests.size() == 2);
    REQUIRE(world.runner.requests[0].identity.has_value());
    CHECK(world.runner.requests[0].identity->uid == 65534);
    CHECK(!world.runner.requests[1].identity.has_value());
}

TEST_CASE("mistakes in what a command must show", "[scenarios]") {
    const auto [keys, message] = GENERATE(table<std::string, std::string>({
        {"user: nobody-here", "no user 'nobody-here' on this host"},
        {"expect: {exit: []}", "the list of exit statuses is empty"},
        {"expect: {exit: [0, 256]}", "'256' is not a whole number from 0 to 255"},
        {"expect: {stdout: {}}", "stdout has none of 'contains', 'absent'"},
        {"expect: {stderr: {absent: \"\"}}", "an empty text stands in every output"},
        {"expect: {stderr: {abscent: x}}", "stderr has none of 'contains', 'absent'"},
    }));
    const StepsText read{"- exec: {command: [sh], " + keys + "}"};
    INFO(read.said());
    REQUIRE(!read.diagnostics.all().empty());
    CHECK(read.diagnostics.all().front().message.starts_with(message));
    CHECK(read.steps.empty());
}

}  // namespace callgate::scenarios
