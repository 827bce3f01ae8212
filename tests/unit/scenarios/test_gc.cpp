#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <regex>

namespace callgate::scenarios {

namespace {

using Kind = model::ProcessEnd::Kind;
using tests::FakeRunner;
using tests::FakeWorld;
using tests::HttpServer;

std::string told(FakeWorld& world, const std::string& step) {
    return scenarios::told(world.run(*build_step(step)).back());
}

/// A PATH with a program called jcmd; the fake runner plays it.
std::vector<std::string> path_with_jcmd() {
    return {fmt::format("PATH={}/tests/unit/scenarios/programs", CALLGATE_SOURCE_DIR)};
}

}  // namespace

TEST_CASE("collections by a URL are counted and timed", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results = world.run(*build_step(
        fmt::format("gc: {{url: \"{}\", times: 5, every: 1ms, expect: {{within: 5s}}}}", server.url("/status"))));
    CHECK(scenarios::told(results.back()) == "passed");
    CHECK(results.back().name == "gc " + server.url("/status"));
    CHECK(metric(results.back(), "collections") == 5);
    CHECK(metric(results.back(), "latency_p50_ms") > 0);
    CHECK(metric(results.back(), "latency_p99_ms") >= metric(results.back(), "latency_p50_ms"));
    CHECK(server.requests() == 5);
}

TEST_CASE("a collection that takes too long is told with how long it took", "[scenarios]") {
    FakeWorld world;
    world.environment = path_with_jcmd();
    int launches = 0;
    const core::Cancel never;
    world.runner.on_launch = [&] {
        if (++launches < 3) return;
        static_cast<void>(never.wait_until(std::chrono::steady_clock::now() + core::Milliseconds{1'100}));
    };
    const auto result = world.run(*build_step("gc: {jcmd: GC.run, times: 5, every: 1ms, expect: {within: 1s}}")).back();
    INFO(result.message);
    CHECK(result.outcome == model::Outcome::expectation_missed);
    CHECK(std::regex_match(
        result.message,
        std::regex{
            R"(collection 3 of 5 took 1[0-9]{3} ms, wanted: within 1s \(half of all 3 took at most [0-9]+ ms\))"}));
    CHECK(metric(result, "collections") == 3);
    CHECK(metric(result, "latency_max_ms") >= 1'100);
}

TEST_CASE("a collection that the workload does not do", "[scenarios]") {
    HttpServer server;
    server.set_status(404);
    FakeWorld world;
    CHECK(told(world, fmt::format("gc: {{url: \"{}\"}}", server.url("/status"))) ==
          fmt::format("expectation-missed: the collection: {}: status 404, wanted 2xx or 3xx", server.url("/status")));
    CHECK(told(world, "gc: {url: \"http://127.0.0.1:1/gc\"}") ==
          "expectation-missed: the collection: http://127.0.0.1:1/gc: connection refused");
    world.workload.end({Kind::signaled, SIGSEGV});
    CHECK(told(world, "gc: {url: \"http://127.0.0.1:1/gc\", times: 2}") ==
          "workload-failed: the workload ended (killed by SIGSEGV) before collection 1 of 2");
}

TEST_CASE("a JVM collects by jcmd", "[scenarios]") {
    FakeWorld world;
    world.environment = path_with_jcmd();
    world.workload.show({{100, 1, "sh", "sh run.sh"}, {102, 2, "java", "java -jar a.jar"}});
    CHECK(told(world, "gc: {jcmd: GC.run, to: {name: java}, times: 2, every: 1ms}") == "passed");
    REQUIRE(world.runner.requests.size() == 2);
    CHECK(world.runner.requests[0].argv == std::vector<std::string>{"jcmd", "102", "GC.run"});
    CHECK(told(world, "gc: {jcmd: [GC.heap_dump, a.hprof]}") == "passed");
    CHECK(world.runner.requests.back().argv == std::vector<std::string>{"jcmd", "100", "GC.heap_dump", "a.hprof"});
}

TEST_CASE("a JVM that does not answer jcmd", "[scenarios]") {
    FakeWorld world;
    world.environment = path_with_jcmd();
    world.workload.show({{100, 1, "java", "java -jar a.jar"}});
    world.runner.scripts = {
        {"100:\n", "AttachNotSupportedException: Unable to open socket file\n", {Kind::exited, 1}, "", ""}};
    CHECK(
        told(world, "gc: {jcmd: GC.run}") ==
        "expectation-missed: the collection: jcmd for java -jar a.jar[100] exited with 1: AttachNotSupportedException: "
        "Unable to open socket file");
    world.runner.scripts = {{"100:\n", "", {Kind::running, 0}, "", ""}};
    CHECK(told(world, "gc: {jcmd: GC.run, timeout: 10ms}") ==
          "expectation-missed: the collection: jcmd for java -jar a.jar[100] did not end in time: 100:");
    CHECK(told(world, "gc: {jcmd: GC.run, to: {name: jvm}}") ==
          "expectation-missed: the collection: the workload has no child that is called 'jvm'; it has no children");
    world.environment = {"PATH=/nowhere"};
    CHECK(
        told(world, "gc: {jcmd: GC.run}") ==
        "setup-failed: the collection: no program 'jcmd' on PATH (/nowhere); install it, or set PATH in the workload's "
        "env");
}

TEST_CASE("collections by a signal, alone and beside other steps", "[scenarios]") {
    FakeWorld world;
    const auto results = world.run(*build_step("gc: {signal: SIGUSR2, to: all, times: 2, every: 1ms}"));
    CHECK(scenarios::told(results.back()) == "passed");
    CHECK(metric(results.back(), "latency_max_ms") == -1);
    CHECK(world.workload.signals().size() == 6);
    CHECK(told(world, "during: {gc: {signal: SIGUSR2, every: 1ms}}\n  do: [sleep: 20ms]") == "passed");
    CHECK(world.workload.signals().size() > 7);
}

TEST_CASE("an inspector that is not there is asked for by SIGUSR1", "[scenarios]") {
    FakeWorld world;
    world.within = core::Milliseconds{60};
    CHECK(told(world, "gc: {inspector: 1}") ==
          "expectation-missed: no inspector at 127.0.0.1:1: Connection refused, SIGUSR1 was sent");
    CHECK(world.workload.signals() == std::vector<std::pair<pid_t, int>>{{100, SIGUSR1}});
    const HttpServer server;
    const auto other = told(world, fmt::format("gc: {{inspector: {}}}", server.port()));
    INFO(other);
    CHECK(other.find("answers something else") != std::string::npos);
}

TEST_CASE("mistakes in gc", "[scenarios]") {
    const auto [keys, message] = GENERATE(table<std::string, std::string>({
        {"{}", "gc has none of 'url', 'jcmd', 'inspector', 'signal'"},
        {"{url: \"http://h/\", signal: SIGUSR1}",
         "'signal' is a second way: gc has one of url, jcmd, inspector, signal"},
        {"{url: localhost}", "'localhost' is not an http:// or https:// URL"},
        {"{url: \"http://h/\", to: all}", "'to' stands beside 'url', which says whom it asks"},
        {"{jcmd: \"\"}", "the command for the JVM is empty"},
        {"{jcmd: []}", "the command for the JVM is empty"},
        {"{inspector: node}", "'node' is not a port of an inspector"},
        {"{inspector: \"example.org:9229\"}", "'example.org:9229' is not a port of an inspector"},
        {"{signal: SIGGC}", "'SIGGC' is not a signal"},
        {"{signal: SIGUSR1, expect: {within: 1s}}", "'expect' stands beside 'signal': nothing shows"},
        {"{jcmd: GC.run, expect: {}}", "expect has no 'within'"},
        {"{jcmd: GC.run, times: 0}", "'0' is not a whole number from 1 to 100000"},
        {"{jcmd: GC.run, tims: 1}", "gc does not know the key 'tims'"},
    }));
    const StepsText read{"- gc: " + keys};
    INFO(read.said());
    REQUIRE(!read.diagnostics.all().empty());
    CHECK(read.diagnostics.all().front().message.starts_with(message));
    CHECK(read.steps.empty());
}

}  // namespace callgate::scenarios
