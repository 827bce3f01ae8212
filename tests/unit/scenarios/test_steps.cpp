#include "harness/core/files.h"
#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <fstream>

namespace callgate::scenarios {

namespace {

using Kind = model::ProcessEnd::Kind;
using tests::FakeRunner;
using tests::FakeWorld;
using tests::HttpServer;

std::vector<std::string> told(const std::vector<model::StepResult>& results) {
    std::vector<std::string> all;
    for (const auto& result : results) all.push_back(result.name + ": " + scenarios::told(result));
    return all;
}

std::string told(FakeWorld& world, const std::string& step) {
    return scenarios::told(world.run(*build_step(step)).back());
}

}  // namespace

TEST_CASE("a signal is sent to whom the plan says", "[scenarios]") {
    const auto [step, sent] = GENERATE(table<std::string, std::vector<std::pair<pid_t, int>>>({
        {"signal: SIGHUP", {{100, SIGHUP}}},
        {"signal: {send: SIGUSR1, to: leader, times: 2, every: 1ms}", {{100, SIGUSR1}, {100, SIGUSR1}}},
        {"signal: {send: SIGTERM, to: children}", {{101, SIGTERM}, {102, SIGTERM}}},
        {"signal: {send: SIGUSR2, to: all}", {{100, SIGUSR2}, {101, SIGUSR2}, {102, SIGUSR2}}},
    }));
    FakeWorld world;
    CHECK(told(world, step) == "passed");
    CHECK(world.workload.signals() == sent);
}

TEST_CASE("a signal that nobody is there to get", "[scenarios]") {
    FakeWorld world;
    world.workload.children.clear();
    CHECK(told(world, "signal: {send: SIGHUP, to: children}") ==
          "expectation-missed: the workload has no child to send SIGHUP to");
    world.workload.on_signal = [&](int) { world.workload.end({Kind::exited, 1}); };
    CHECK(told(world, "signal: {send: SIGHUP, times: 3, every: 1ms}") ==
          "workload-failed: the workload ended (exited with 1) before SIGHUP number 2 of 3 was sent");
    CHECK(told(world, "signal: SIGHUP") ==
          "workload-failed: the workload ended (exited with 1) before SIGHUP was sent");
}

TEST_CASE("signals end with their deadline, with enough, and when the user cancels", "[scenarios]") {
    FakeWorld world;
    CHECK(told(world, "signal: {send: SIGHUP, times: 3, every: 10s, within: 1ms}") ==
          "timed-out: 1 of 3 signals sent when the time was up");
    core::Cancel enough;
    enough.request(1);
    world.enough = &enough;
    CHECK(told(world, "signal: {send: SIGHUP, times: 3, every: 10s}") == "passed");
    world.cancel.request(SIGINT);
    CHECK(told(world, "signal: {send: SIGHUP, times: 3, every: 10s}") == "skipped: interrupted");
}

TEST_CASE("a command is judged by its exit status and its output", "[scenarios]") {
    const auto [expect, script, outcome] = GENERATE(table<std::string, FakeRunner::Script, std::string>({
        {"{}", {}, "passed"},
        {"{exit: 3, stdout: {contains: b}}", {"abc", "", {Kind::exited, 3}, "", ""}, "passed"},
        {"{}",
         {"out\n", "first\nlast \x1b[1m\n\n", {Kind::exited, 1}, "", ""},
         "expectation-missed: exited with 1, wanted exit status 0; its last words: last \\x1b[1m"},
        {"{}",
         {"", "", {Kind::signaled, SIGSEGV}, "", ""},
         "expectation-missed: killed by SIGSEGV, wanted exit status 0"},
        {"{stdout: {contains: yes}}",
         {"a\nno\n", "", {Kind::exited, 0}, "", ""},
         "expectation-missed: no 'yes' in its standard output, which ends with 'no'"},
        {"{stderr: {contains: yes}}",
         {"yes", "", {Kind::exited, 0}, "", ""},
         "expectation-missed: no 'yes' in its standard error, which ends with ''"},
        {"{}", {"", "", {}, "", "no memory"}, "setup-failed: no memory"},
        {"{}", {"", "", {}, "exec: permission denied", ""}, "setup-failed: exec: permission denied"},
    }));
    FakeWorld world;
    world.runner.scripts = {script};
    CHECK(told(world, "exec: {command: [sh, -c, x], expect: " + expect + "}") == outcome);
    REQUIRE(world.runner.requests.size() == 1);
    const auto& request = world.runner.requests.front();
    CHECK(request.executable == "/usr/bin/sh");
    CHECK(request.argv == std::vector<std::string>{"sh", "-c", "x"});
    CHECK(request.env == world.environment);
    CHECK(request.directory == "/");
    CHECK(request.own_session);
    CHECK(!request.confinement.has_value());
}

TEST_CASE("a command that does not end is killed", "[scenarios]") {
    FakeWorld world;
    world.runner.scripts = {{"still busy\n", "", {Kind::running, 0}, "", ""}};
    CHECK(told(world, "exec: {command: [sh], within: 5ms}") ==
          "timed-out: did not end in time and was killed; its last words: still busy");
    core::Cancel enough;
    enough.request(1);
    world.enough = &enough;
    CHECK(told(world, "exec: [sh]") == "passed");
    world.cancel.request(SIGINT);
    CHECK(told(world, "exec: [sh]") == "skipped: interrupted");
}

TEST_CASE("a command that this host does not have cannot be set up", "[scenarios]") {
    FakeWorld world;
    CHECK(told(world, "exec: [no-such-program]") ==
          "setup-failed: no program 'no-such-program' on PATH (/usr/bin:/bin); install it, or set PATH in the "
          "workload's env");
    CHECK(told(world, "exec: [/no/such]") == "setup-failed: no program '/no/such'");
    CHECK(world.runner.requests.empty());
}

TEST_CASE("a sleep ends with its time, with the workload, and when the user cancels", "[scenarios]") {
    FakeWorld world;
    CHECK(told(world, "sleep: 1ms") == "passed");
    world.within = core::Milliseconds{1};
    CHECK(told(world, "sleep: 10s") == "timed-out: the time was up before the end of the sleep");
    world.within = core::Milliseconds{60'000};
    world.workload.end({Kind::exited, 0});
    CHECK(told(world, "sleep: 30s") == "passed");
    world.cancel.request(SIGINT);
    CHECK(told(world, "sleep: 30s") == "skipped: interrupted");
}

TEST_CASE("readiness is asked until it is there", "[scenarios]") {
    HttpServer server;
    FakeWorld world;
    const auto page = fmt::format("ready: {{http: \"{}\", within: 60ms}}", server.url("/status"));
    CHECK(told(world, page) == "passed");
    server.set_status(503);
    CHECK(told(world, page) ==
          "expectation-missed: " + server.url("/status") + " not ready within 60ms: status 503, wanted 2xx or 3xx");
    CHECK(told(world, fmt::format("ready: {{http: \"{}\", status: [503]}}", server.url("/status"))) == "passed");
    CHECK(told(world, fmt::format("ready: {{tcp: \"localhost:{}\"}}", server.port())) == "passed");
    CHECK(told(world, "ready: {tcp: \"127.0.0.1:1\", within: 20ms}") ==
          "expectation-missed: 127.0.0.1:1 not ready within 20ms: no connection: Connection refused (errno 111)");
}

TEST_CASE("a workload that ends never becomes ready", "[scenarios]") {
    FakeWorld world;
    world.workload.end({Kind::exited, 1});
    CHECK(told(world, "ready: {tcp: \"127.0.0.1:1\"}") ==
          "workload-failed: the workload ended (exited with 1) before 127.0.0.1:1 was ready: no connection: Connection "
          "refused "
          "(errno 111)");
    CHECK(told(world, "ready: {}") == "workload-failed: the workload ended: exited with 1");
}

TEST_CASE("readiness by a text in the log", "[scenarios]") {
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    FakeWorld world;
    CHECK(told(world, "ready: {log: up, within: 1ms}") ==
          "expectation-missed: the workload not ready within 1ms: no 'up' in its output, which is not kept");
    world.log = (directory->path() / "log").string();
    // The text lies across the border of what is read at once.
    std::ofstream{world.log} << std::string(65'530, '.') << "server is ready\n" << std::string(70'000, '.');
    CHECK(told(world, "ready: {log: server is ready}") == "passed");
    CHECK(told(world, "ready: {log: gone, within: 1ms}") ==
          "expectation-missed: the workload not ready within 1ms: no 'gone' in its output");
}

TEST_CASE("readiness by a command", "[scenarios]") {
    FakeWorld world;
    world.runner.scripts = {{"", "starting up\n", {Kind::exited, 1}, "", ""}, {}};
    CHECK(told(world, "ready: {exec: [sh]}") == "passed");
    CHECK(world.runner.requests.size() == 2);
    world.runner.scripts = {{"", "starting up\n", {Kind::exited, 1}, "", ""}};
    CHECK(told(world, "ready: {exec: [sh], within: 1ms}") ==
          "expectation-missed: the workload not ready within 1ms: sh exited with 1: starting up");
}

TEST_CASE("a ready step asks what the workload declares", "[scenarios]") {
    FakeWorld world;
    CHECK(told(world, "ready: {}") == "passed");
    core::Diagnostics diagnostics;
    world.readiness = build_ready(parse_node("{tcp: \"127.0.0.1:1\", within: 5s}", diagnostics), diagnostics);
    REQUIRE(world.readiness != nullptr);
    CHECK(world.readiness->limit() == core::Milliseconds{5000});
    CHECK(told(world.run(*build_step("{ready: {within: 20ms}, name: still there}"))) ==
          std::vector<std::string>{"still there: expectation-missed: 127.0.0.1:1 not ready within 20ms: no connection: "
                                   "Connection refused (errno 111)"});
}

TEST_CASE("requests go on while other steps are done, and are reported too", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    int served_at_first_signal = -1;
    world.workload.on_signal = [&](int) {
        if (served_at_first_signal < 0) served_at_first_signal = server.requests();
    };
    const auto results = world.run(*build_step(fmt::format(R"(during: {{http: {{url: "{}", connections: 2}}}}
  do:
    - signal: {{send: SIGHUP, times: 3, every: 5ms}}
    - sleep: 5ms)",
                                                           server.url("/"))));
    CHECK(told(results) == std::vector<std::string>{"http GET " + server.url("/") + ": passed",
                                                    "signal SIGHUP x3: passed", "sleep 5ms: passed",
                                                    "during http GET " + server.url("/") + ": passed"});
    CHECK(served_at_first_signal > 0);
    CHECK(metric(results[0], "requests") >= served_at_first_signal);
}

TEST_CASE("what fails on either side of a during fails the whole", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results = world.run(*build_step(fmt::format(R"(name: reload
  during: [http: {{url: "{}", connections: 2}}, sleep: 10s]
  do:
    - signal: {{send: SIGHUP}})",
                                                           server.url("/missing"))));
    REQUIRE(results.size() == 4);
    CHECK(results[0].outcome == model::Outcome::expectation_missed);
    CHECK(told(results)[1] == "sleep 10s: passed");
    CHECK(told(results)[2] == "signal SIGHUP: passed");
    CHECK(told(results)[3] == "reload: expectation-missed: 'http GET " + server.url("/missing") + "' did not pass");
}

TEST_CASE("the background ends when the other side fails", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    world.workload.children.clear();
    const auto results = world.run(*build_step(fmt::format(R"(during: {{http: "{}"}}
  do: [signal: {{send: SIGHUP, to: children}}, sleep: 10s])",
                                                           server.url("/"))));
    REQUIRE(results.size() == 3);
    CHECK(results[0].outcome == model::Outcome::passed);
    CHECK(results[1].outcome == model::Outcome::expectation_missed);
    CHECK(results[2].outcome == model::Outcome::expectation_missed);
}

TEST_CASE("where every call of the workload stops, what goes on for a time is brief, and limits are longer",
          "[scenarios]") {
    FakeWorld world;
    world.speed = ports::Speed::traced;
    CHECK(told(world, "repeat: {for: 1h, steps: [sleep: 10ms]}") == "passed");
    CHECK(told(world, "signal: {send: SIGHUP, for: 1h, every: 10ms}") == "passed");
    CHECK(told(world, "signal: {send: SIGHUP, times: 3, every: 50ms, within: 30ms}") == "passed");
    CHECK(world.workload.signals().size() <= 101 + 3);
}

TEST_CASE("steps are repeated so many times, or so long", "[scenarios]") {
    FakeWorld world;
    const auto results = world.run(*build_step("repeat: {times: 5, steps: [signal: SIGHUP, signal: SIGUSR1]}"));
    CHECK(told(results) ==
          std::vector<std::string>{"signal SIGHUP: passed", "signal SIGUSR1: passed", "repeat x5: passed"});
    CHECK(metric(results.back(), "rounds") == 5);
    CHECK(world.workload.signals().size() == 10);
    const auto timed = world.run(*build_step("repeat: {for: 20ms, steps: [sleep: 1ms]}"));
    CHECK(metric(timed.back(), "rounds") > 1);
}

TEST_CASE("the first round that fails is the last", "[scenarios]") {
    FakeWorld world;
    world.runner.scripts = {{}, {}, {"", "", {Kind::exited, 7}, "", ""}};
    CHECK(told(world.run(*build_step("repeat: {times: 5, steps: [exec: [sh]]}"))) ==
          std::vector<std::string>{"exec sh: expectation-missed: exited with 7, wanted exit status 0",
                                   "repeat x5: expectation-missed: 'exec sh' did not pass in round 3"});
    CHECK(world.runner.requests.size() == 3);
}

TEST_CASE("rounds that are not done in time are late", "[scenarios]") {
    FakeWorld world;
    const auto results = world.run(*build_step("repeat: {times: 1000, within: 20ms, steps: [sleep: 2ms]}"));
    CHECK(results.back().outcome == model::Outcome::timed_out);
}

}  // namespace callgate::scenarios
