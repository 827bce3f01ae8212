#include "harness/core/files.h"
#include "tests/support/fake_instance.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>

namespace callgate::scenarios {

namespace {

using Kind = ports::Shortage::Kind;
using tests::FakeHost;
using tests::FakeWorld;

std::string told(FakeWorld& world, const std::string& step) {
    return scenarios::told(world.run(*build_step(step)).back());
}

}  // namespace

TEST_CASE("a workload is short of what the plan says", "[scenarios]") {
    const auto [keys, kind, amount, left, name] = GENERATE(table<std::string, Kind, std::uint64_t, bool, std::string>({
        {"memory: 64MiB", Kind::memory, 64U << 20, false, "memory 64MiB"},
        {"memory_high: 1000", Kind::slow_memory, 1000, false, "memory_high 1000 bytes"},
        {"files: 16", Kind::files, 16, false, "files 16"},
        {"files: {leave: 0}", Kind::files, 0, true, "files 0 left"},
        {"processes: {leave: 2}", Kind::processes, 2, true, "processes 2 left"},
        {"nice: 19", Kind::niceness, 19, false, "nice 19"},
    }));
    FakeWorld world;
    world.workload.on_signal = [&](int) { CHECK(world.workload.lifted == 0); };
    const auto results = world.run(*build_step("pressure: {" + keys + ", do: [signal: SIGHUP]}"));
    REQUIRE(results.size() == 2);
    CHECK(scenarios::told(results[1]) == "passed");
    CHECK(results[1].name == "pressure " + name);
    REQUIRE(world.workload.squeezes.size() == 1);
    CHECK(world.workload.squeezes[0].kind == kind);
    CHECK(world.workload.squeezes[0].amount == amount);
    CHECK(world.workload.squeezes[0].left == left);
    CHECK(world.workload.signals().size() == 1);
    CHECK(world.workload.lifted == 1);
}

TEST_CASE("what fails under pressure fails, and the pressure ends", "[scenarios]") {
    FakeWorld world;
    world.workload.children.clear();
    world.workload.felt = {{"limit_hits", 3}, {"oom_kills", 1}};
    const auto results =
        world.run(*build_step("pressure: {memory: 1MiB, files: 9, do: [signal: {send: SIGHUP, to: children}]}"));
    REQUIRE(results.size() == 2);
    CHECK(scenarios::told(results[1]) == "expectation-missed: 'signal SIGHUP' did not pass");
    CHECK(metric(results[1], "oom_kills") == 1);
    CHECK(world.workload.lifted == 2);
}

TEST_CASE("a host that cannot make a workload short of something says so", "[scenarios]") {
    FakeWorld world;
    world.workload.squeeze_failure = "no control groups are mounted here";
    CHECK(told(world, "pressure: {memory: 1MiB, do: [signal: SIGHUP]}") ==
          "setup-failed: no control groups are mounted here");
    CHECK(world.workload.signals().empty());
}

TEST_CASE("a pressure that does not end is no success", "[scenarios]") {
    FakeWorld world;
    world.workload.lift_failure = "the limit of process 100 is not put back";
    CHECK(told(world, "pressure: {files: 9, do: [signal: SIGHUP]}") ==
          "setup-failed: the pressure does not end: the limit of process 100 is not put back");
}

TEST_CASE("pressure ends when the user cancels", "[scenarios]") {
    FakeWorld world;
    world.workload.on_signal = [&](int) { world.cancel.request(SIGINT); };
    CHECK(told(world, "pressure: {files: 9, do: [signal: SIGHUP, sleep: 10m]}") == "skipped: interrupted");
    CHECK(world.workload.lifted == 1);
}

TEST_CASE("what happens under pressure belongs to the step inside it", "[scenarios]") {
    FakeWorld world;
    FakeHost host;
    world.host = &host;
    CHECK(told(world, "pressure: {cpu: 1, do: [sleep: 1ms]}") == "passed");
    CHECK(host.heard() == std::vector<std::string>{"begin sleep 1ms", "end sleep 1ms"});
}

TEST_CASE("only a small file system of the workload's own is filled", "[scenarios]") {
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    std::filesystem::create_directory(directory->path() / "data");
    FakeWorld world;
    world.directory = directory->path().string();
    CHECK(
        told(world, "pressure: {disk: nowhere, do: [sleep: 1ms]}") ==
        "setup-failed: there is no directory 'nowhere' to fill, give the workload one: files: [{path: nowhere, tmpfs: "
        "16MiB}]");
    CHECK(told(world, "pressure: {disk: {path: data, leave: 4KiB}, do: [sleep: 1ms]}") ==
          "setup-failed: 'data' is no file system of its own, filling it would fill the host's: give the workload one: "
          "files: [{path: data, tmpfs: 16MiB}]");
    CHECK(std::filesystem::is_empty(directory->path() / "data"));
}

TEST_CASE("mistakes in pressure", "[scenarios]") {
    const auto [keys, message] = GENERATE(table<std::string, std::string>({
        {"{do: [sleep: 1s]}",
         "pressure has none of 'memory', 'memory_high', 'files', 'processes', 'disk', 'cpu', 'nice'"},
        {"{memory: 64MB, do: [sleep: 1s]}", "'64MB' is not a size"},
        {"{memory: 0, do: [sleep: 1s]}", "'0' is not a size"},
        {"{memory: 1MiB, memory_high: 1MiB, do: [sleep: 1s]}",
         "'memory_high' stands beside 'memory': one or the other"},
        {"{memory: 1MiB}", "pressure has no 'do'"},
        {"{files: 0, do: [sleep: 1s]}", "'0' is not a whole number from 1 to 1000000"},
        {"{files: {left: 1}, do: [sleep: 1s]}", "files has no 'leave'"},
        {"{disk: \"\", do: [sleep: 1s]}", "the path of the disk is empty"},
        {"{disk: {leave: 1}, do: [sleep: 1s]}", "disk has no 'path'"},
        {"{cpu: 257, do: [sleep: 1s]}", "'257' is not a whole number from 1 to 256"},
        {"{nice: 20, do: [sleep: 1s]}", "'20' is not a whole number from 1 to 19"},
        {"{memry: 1MiB, do: [sleep: 1s]}", "pressure has none of"},
        {"{cpu: 1, do: {sleep: 1s}}", "a mapping stands where a list of steps is wanted"},
    }));
    const StepsText read{"- pressure: " + keys};
    INFO(read.said());
    REQUIRE(!read.diagnostics.all().empty());
    CHECK(read.diagnostics.all().front().message.starts_with(message));
    CHECK(read.steps.empty());
}

}  // namespace callgate::scenarios
