#include "tests/support/fake_instance.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

namespace callgate::scenarios {

namespace {

using Kind = model::ProcessEnd::Kind;
using tests::FakeHost;
using tests::FakeWorld;

std::vector<std::string> told(const std::vector<model::StepResult>& results) {
    std::vector<std::string> all;
    for (const auto& result : results) all.push_back(result.name + ": " + scenarios::told(result));
    return all;
}

}  // namespace

TEST_CASE("parallel sides go on together until all have ended", "[scenarios]") {
    FakeWorld world;
    FakeHost host;
    world.host = &host;
    const auto step = build_step("parallel: [[sleep: 60ms, signal: SIGHUP], sleep: 50ms]");
    CHECK(step->is_composite());
    CHECK(told(world.run(*step)) == std::vector<std::string>{"sleep 60ms: passed", "signal SIGHUP: passed",
                                                             "sleep 50ms: passed", "parallel x2: passed"});
    const auto heard = host.heard();
    const auto at = [&](const std::string& what) { return std::find(heard.begin(), heard.end(), what); };
    REQUIRE(heard.size() == 6);
    CHECK(at("begin sleep 50ms") < at("end sleep 60ms"));
    CHECK(at("begin sleep 60ms") < at("end sleep 50ms"));
    CHECK(at("end sleep 60ms") < at("begin signal SIGHUP"));
}

TEST_CASE("the worst of the parallel sides is the result, and the others are done", "[scenarios]") {
    FakeWorld world;
    world.workload.children.clear();
    const auto results =
        world.run(*build_step("parallel: [signal: {send: SIGHUP, to: children}, [sleep: 1ms, signal: SIGUSR1]]"));
    CHECK(told(results) ==
          std::vector<std::string>{"signal SIGHUP: expectation-missed: the workload has no child to send SIGHUP to",
                                   "sleep 1ms: passed", "signal SIGUSR1: passed",
                                   "parallel x2: expectation-missed: 'signal SIGHUP' did not pass"});
    CHECK(world.workload.signals() == std::vector<std::pair<pid_t, int>>{{100, SIGUSR1}});
}

TEST_CASE("parallel sides end when the user cancels", "[scenarios]") {
    FakeWorld world;
    world.workload.on_signal = [&](int) { world.cancel.request(SIGINT); };
    const auto results = world.run(*build_step("parallel: [sleep: 10m, signal: SIGHUP]"));
    CHECK(scenarios::told(results.back()) == "skipped: interrupted");
}

TEST_CASE("parallel takes as long as its longest side", "[scenarios]") {
    CHECK(build_step("parallel: [[sleep: 1m, sleep: 1m], sleep: 1m]")->limit() >= core::Milliseconds{120'000});
    CHECK(build_step("parallel: [[sleep: 1m, sleep: 1m], sleep: 1m]")->limit() < core::Milliseconds{130'000});
}

TEST_CASE("a restart is the host's to do", "[scenarios]") {
    FakeWorld world;
    const auto run = [&](const std::string& step) { return scenarios::told(world.run(*build_step(step)).back()); };
    CHECK(run("restart: {}") == "setup-failed: nobody here can start the workload again");
    FakeHost host;
    world.host = &host;
    CHECK(run("restart:") == "passed");
    CHECK(run("restart: SIGINT") == "passed");
    CHECK(run("restart: {signal: SIGQUIT, within: 3s}") == "passed");
    CHECK(host.heard() == std::vector<std::string>{"restart SIGTERM 10s", "restart SIGINT 10s", "restart SIGQUIT 3s"});
    host.restarted = {model::Outcome::timed_out, "the workload still runs 3s after SIGQUIT"};
    CHECK(run("restart: {signal: SIGQUIT, within: 3s}") == "timed-out: the workload still runs 3s after SIGQUIT");
}

TEST_CASE("a restart stops as the workload's own stop says", "[scenarios]") {
    FakeWorld world;
    FakeHost host;
    world.host = &host;
    BuildContext context;
    context.stop_signal = SIGQUIT;
    context.stop_within = core::Milliseconds{4'000};
    context.start_within = core::Milliseconds{7'000};
    const StepsText text{"- restart: {}", context};
    REQUIRE(text.steps.size() == 1);
    CHECK(text.steps[0]->name() == "restart SIGQUIT");
    CHECK(text.steps[0]->limit() == core::Milliseconds{11'000});
    static_cast<void>(world.run(*text.steps[0]));
    CHECK(host.heard() == std::vector<std::string>{"restart SIGQUIT 4s"});
}

TEST_CASE("mistakes in parallel and restart", "[scenarios]") {
    const auto [step, message] = GENERATE(table<std::string, std::string>({
        {"parallel: {sleep: 1s}", "a mapping stands where a list of sides is wanted"},
        {"parallel: [sleep: 1s]", "parallel has 1 side, wanted: 2 to 64"},
        {"parallel: []", "parallel has 0 sides, wanted: 2 to 64"},
        {"parallel: [[], sleep: 1s]", "the list of steps is empty"},
        {"parallel: [{slep: 1s}, sleep: 1s]", "'slep' is not a kind of step"},
        {"restart: SIGNOPE", "'SIGNOPE' is not a signal"},
        {"restart: {within: 0s}", "'0s' is no time at all"},
        {"restart: {sgnal: SIGTERM}", "restart does not know the key 'sgnal'"},
        {"restart: []", "a list stands where restart is wanted"},
        {"during: {restart: {}}\n  do: [sleep: 1s]", "a restart cannot go on beside other steps"},
    }));
    const StepsText read{"- " + step};
    INFO(read.said());
    REQUIRE(!read.diagnostics.all().empty());
    CHECK(read.diagnostics.all().front().message.starts_with(message));
}

}  // namespace callgate::scenarios
