#include "harness/core/files.h"
#include "tests/support/fake_instance.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

namespace callgate::scenarios {

namespace {

using Kind = model::ProcessEnd::Kind;
using tests::FakeHost;
using tests::FakeWorld;

const std::vector<ports::LiveProcess> kNginx{{100, 1, "nginx", "nginx: master process nginx -c x"},
                                             {101, 2, "nginx", "nginx: worker process"},
                                             {102, 3, "nginx", "nginx: worker process"},
                                             {103, 4, "nginx", "nginx: cache manager process"}};

std::string told(FakeWorld& world, const std::string& step) {
    return scenarios::told(world.run(*build_step(step)).back());
}

std::vector<pid_t> sent_to(const FakeWorld& world) {
    std::vector<pid_t> pids;
    for (const auto& [pid, number] : world.workload.signals()) pids.push_back(pid);
    return pids;
}

}  // namespace

TEST_CASE("a signal goes to children by their name", "[scenarios]") {
    const auto [to, pids] = GENERATE(table<std::string, std::vector<pid_t>>({
        {"{name: \"nginx: worker*\"}", {101, 102}},
        {"{name: \"nginx: worker*\", pick: oldest}", {101}},
        {"{name: \"nginx: worker*\", pick: newest}", {102}},
        {"{name: nginx}", {101, 102, 103}},
        {"{name: \"*cache manager*\", pick: all}", {103}},
    }));
    FakeWorld world;
    world.workload.show(kNginx);
    CHECK(told(world, "signal: {send: SIGUSR1, to: " + to + "}") == "passed");
    CHECK(sent_to(world) == pids);
}

TEST_CASE("any one of several is the same one for the same seed", "[scenarios]") {
    std::set<pid_t> chosen;
    for (std::uint64_t seed = 0; seed < 32; ++seed) {
        std::vector<std::vector<pid_t>> runs;
        for (int run = 0; run < 2; ++run) {
            FakeWorld world;
            world.seed = seed;
            world.workload.show(kNginx);
            CHECK(told(world, "signal: {send: SIGHUP, to: {name: \"nginx: w*\", pick: one}}") == "passed");
            runs.push_back(sent_to(world));
        }
        REQUIRE(runs[0].size() == 1);
        CHECK(runs[0] == runs[1]);
        chosen.insert(runs[0][0]);
    }
    CHECK(chosen == std::set<pid_t>{101, 102});
}

TEST_CASE("a name that no child has is told with the names there are", "[scenarios]") {
    FakeWorld world;
    world.workload.show(kNginx);
    CHECK(told(world, "signal: {send: SIGHUP, to: {name: \"nginx: master*\"}}") ==
          "expectation-missed: the workload has no child that is called 'nginx: master*'; its children: nginx: worker "
          "process[101], nginx: worker process[102], nginx: cache manager process[103] to send SIGHUP to");
}

TEST_CASE("a storm sends as many signals as its rate says", "[scenarios]") {
    FakeWorld world;
    const auto results = world.run(*build_step("signal: {send: SIGUSR1, rate: 2000, for: 50ms}"));
    CHECK(scenarios::told(results.back()) == "passed");
    CHECK(results.back().name == "signal SIGUSR1 for 50ms");
    CHECK(metric(results.back(), "signals") == 100);
    CHECK(world.workload.signals().size() == 100);
}

TEST_CASE("signals in the background go on until the other side is done", "[scenarios]") {
    FakeWorld world;
    const auto results = world.run(*build_step(R"(during: {signal: {send: SIGUSR1, every: 1ms}}
  do: [sleep: 20ms])"));
    CHECK(scenarios::told(results.back()) == "passed");
    CHECK(!world.workload.signals().empty());
}

TEST_CASE("a process that a signal ends is waited for", "[scenarios]") {
    FakeWorld world;
    FakeHost host;
    world.host = &host;
    world.workload.on_signal = [&](int) { world.workload.end({Kind::exited, 0}); };
    CHECK(told(world, "signal: {send: SIGTERM, expect: {exits: 0}}") == "passed");
    CHECK(host.heard() == std::vector<std::string>{"end expected"});
}

TEST_CASE("a first process that does not end as wanted is told", "[scenarios]") {
    FakeWorld world;
    CHECK(told(world, "signal: {send: SIGTERM, expect: {exits: 0, within: 20ms}}") ==
          "expectation-missed: the workload is still running after SIGTERM, wanted: exited with 0 within 20ms");
    world.workload.on_signal = [&](int) { world.workload.end({Kind::signaled, SIGSEGV}); };
    CHECK(
        told(world, "signal: {send: SIGTERM, expect: {exits: SIGTERM, within: 20ms}}") ==
        "expectation-missed: the workload was killed by SIGSEGV after SIGTERM, wanted: killed by SIGTERM within 20ms");
}

TEST_CASE("a worker that is killed is replaced, or the report says by whom not", "[scenarios]") {
    const std::string kill =
        "signal: {send: SIGKILL, to: {name: \"nginx: worker*\", pick: oldest}, expect: {replaced: true, within: 30ms}}";
    FakeWorld world;
    world.workload.show(kNginx);
    CHECK(told(world, kill) == "expectation-missed: nginx: worker process[101] not gone within 30ms after SIGKILL");
    auto left = kNginx;
    left.erase(left.begin() + 1);
    world.workload.show(kNginx);
    world.workload.on_signal = [&](int) { world.workload.show(left); };
    CHECK(
        told(world, kill) ==
        "expectation-missed: no new process 'nginx' in the place of nginx: worker process[101] (running: nginx: master "
        "process nginx -c x[100], nginx: worker process[102], nginx: cache manager process[103]) within 30ms after "
        "SIGKILL");
    // The number of the dead one may be given out again: it is another process all the same.
    left.push_back({101, 9, "nginx", "nginx: worker process"});
    world.workload.show(kNginx);
    CHECK(told(world, kill) == "passed");
}

TEST_CASE("processes that should live on after a signal are looked for", "[scenarios]") {
    FakeWorld world;
    world.workload.show(kNginx);
    CHECK(told(world, "signal: {send: SIGHUP, to: all, expect: {running: 5ms}}") == "passed");
    world.workload.on_signal = [&](int) { world.workload.show({kNginx[0], kNginx[2]}); };
    CHECK(told(world, "signal: {send: SIGHUP, to: {name: \"nginx: worker*\"}, expect: {running: 5ms}}") ==
          "expectation-missed: nginx: worker process[101] gone after SIGHUP");
    world.workload.on_signal = [&](int) { world.workload.end({Kind::signaled, SIGSEGV}); };
    CHECK(told(world, "signal: {send: SIGHUP, expect: {running: 5ms}}") ==
          "expectation-missed: the workload killed by SIGSEGV after SIGHUP");
}

TEST_CASE("a workload that ends instead of doing what was wanted", "[scenarios]") {
    FakeWorld world;
    world.workload.on_signal = [&](int) { world.workload.end({Kind::signaled, SIGSEGV}); };
    CHECK(told(world, "signal: {send: SIGHUP, expect: {log: reloaded}}") ==
          "workload-failed: the workload ended (killed by SIGSEGV) after SIGHUP");
}

TEST_CASE("text must be new in the output", "[scenarios]") {
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    FakeWorld world;
    world.log = (directory->path() / "log").string();
    std::ofstream{world.log} << "reloaded\n";
    const std::string step = "signal: {send: SIGHUP, expect: {log: reloaded, within: 20ms}}";
    CHECK(told(world, step) ==
          "expectation-missed: no 'reloaded' in its output, which ends with 'reloaded', within 20ms after SIGHUP");
    world.workload.on_signal = [&](int) { std::ofstream{world.log, std::ios::app} << "reloaded again\n"; };
    CHECK(told(world, step) == "passed");
}

TEST_CASE("files must appear, grow or change", "[scenarios]") {
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    const auto path = directory->path() / "access.log";
    const auto rotated = directory->path() / "access.log.1";
    FakeWorld world;
    world.directory = directory->path().string();
    const auto step = [](const std::string& change) {
        return fmt::format("signal: {{send: SIGUSR1, expect: {{file: {{path: access.log, {}: true}}, within: 20ms}}}}",
                           change);
    };
    CHECK(told(world, step("appears")) == "expectation-missed: access.log did not appear within 20ms after SIGUSR1");
    CHECK(told(world, step("grows")) == "expectation-missed: access.log is not there within 20ms after SIGUSR1");
    std::ofstream{path} << "0123456789";
    CHECK(told(world, step("appears")) ==
          "expectation-missed: access.log is the same file as before within 20ms after SIGUSR1");
    CHECK(told(world, step("grows")) ==
          "expectation-missed: access.log did not grow: 10 bytes as before within 20ms after SIGUSR1");
    CHECK(told(world, step("changes")) == "expectation-missed: access.log did not change within 20ms after SIGUSR1");
    world.workload.on_signal = [&](int) { std::ofstream{path, std::ios::app} << "more"; };
    CHECK(told(world, step("grows")) == "passed");
    CHECK(told(world, step("changes")) == "passed");
    // A log that was moved away is opened anew: shorter than before, and yet it has grown.
    world.workload.on_signal = [&](int) {
        std::filesystem::rename(path, rotated);
        std::ofstream{path} << "x";
    };
    CHECK(told(world, step("appears")) == "passed");
    CHECK(told(world, step("grows")) == "passed");
    // As a server that is refused chown: the file is there and stays empty.
    world.workload.on_signal = [&](int) {
        std::filesystem::rename(path, rotated);
        std::ofstream{path};
    };
    CHECK(told(world, step("grows")) ==
          "expectation-missed: access.log did not grow: 0 bytes as before within 20ms after SIGUSR1");
}

TEST_CASE("readiness after a signal, and each expectation with a deadline of its own", "[scenarios]") {
    FakeWorld world;
    core::Diagnostics diagnostics;
    world.readiness = build_ready(parse_node("{tcp: \"127.0.0.1:1\", within: 5s}", diagnostics), diagnostics);
    const auto step = build_step(
        "signal: {send: SIGHUP, expect: [{ready: true, within: 30ms}, {file: {path: /none, appears: true}, within: "
        "10ms}]}");
    CHECK(step->limit() == core::Milliseconds{1030});
    const auto message = scenarios::told(world.run(*step).back());
    CHECK(message.find("/none did not appear within 10ms after SIGHUP; after SIGHUP: 127.0.0.1:1 not ready within") !=
          std::string::npos);
}

TEST_CASE("waiting for what follows a signal ends when the user cancels", "[scenarios]") {
    FakeWorld world;
    world.workload.on_signal = [&](int) { world.cancel.request(SIGINT); };
    CHECK(told(world, "signal: {send: SIGHUP, expect: {log: never, within: 60s}}") == "skipped: interrupted");
}

TEST_CASE("mistakes in whom a signal goes to and what must follow", "[scenarios]") {
    const auto [keys, message] = GENERATE(table<std::string, std::string>({
        {"to: {name: \"\"}", "no process is called ''"},
        {"to: {pick: one}", "to has no 'name'"},
        {"to: {name: a, pick: some}", "'some' does not say which of them"},
        {"rate: 5", "'rate' stands without 'times' or 'for'"},
        {"rate: 20000, for: 1s", "'20000' is not a whole number from 1 to 10000"},
        {"rate: 5, every: 1s, for: 1s", "'rate' stands beside 'every': one or the other"},
        {"times: 5, for: 1s", "'for' stands beside 'times': one or the other"},
        {"expect: {}", "expect has none of 'running', 'gone', 'exits', 'replaced', 'ready', 'log', 'file'"},
        {"expect: []", "the list of expectations is empty"},
        {"expect: {gone: false}", "'gone: false' expects nothing"},
        {"expect: {exits: SIGFOO}", "'SIGFOO' is not a signal"},
        {"expect: {exits: 256}", "'256' is not a whole number from 0 to 255"},
        {"to: children, expect: {exits: 0}", "'exits' stands beside a 'to': only of the first process is it known"},
        {"expect: {running: true, gone: true}", "'running' stands beside 'gone': one or the other"},
        {"expect: {log: \"\"}", "an empty text stands in every log"},
        {"expect: {file: {path: a}}", "file has none of 'appears', 'grows', 'changes'"},
        {"expect: {file: {path: a, grows: true, changes: true}}", "file has more than one of"},
        {"expect: {file: {grows: true}}", "file has no 'path'"},
        {"expect: {redy: true}", "expect does not know the key 'redy'"},
    }));
    const StepsText read{"- signal: {send: SIGHUP, " + keys + "}"};
    INFO(read.said());
    REQUIRE(!read.diagnostics.all().empty());
    CHECK(read.diagnostics.all().front().message.starts_with(message));
    CHECK(read.steps.empty());
}

}  // namespace callgate::scenarios
