#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sys/resource.h>

#include <chrono>

namespace callgate::scenarios {

namespace {

using std::chrono::milliseconds;
using tests::FakeWorld;
using tests::HttpServer;

model::StepResult run_tcp(FakeWorld& world, std::uint16_t port, const std::string& rest) {
    auto results = world.run(*build_step(fmt::format("tcp: {{connect: \"127.0.0.1:{}\", {}}}", port, rest)));
    REQUIRE(results.size() == 1);
    return results.front();
}

model::StepResult run_tcp(const HttpServer& server, const std::string& rest) {
    FakeWorld world;
    return run_tcp(world, server.port(), rest);
}

std::string get(const std::string& path) {
    return fmt::format("send: \"GET {} HTTP/1.1\\r\\n\\r\\n\"", path);
}

}  // namespace

TEST_CASE("a script is done line by line", "[scenarios]") {
    const HttpServer server;
    const auto result = run_tcp(server, "do: [" + get("/") + ", expect: \"200\", expect: hello, " + get("/status") +
                                            ", expect: status, finish, closed, close], connections: 3, count: 2");
    CHECK(told(result) == "passed");
    CHECK(result.name == fmt::format("tcp 127.0.0.1:{} x3", server.port()));
    CHECK(metric(result, "rounds") == 2);
    CHECK(metric(result, "connections") == 6);
    CHECK(metric(result, "errors") == 0);
    CHECK(metric(result, "bytes_sent") == 6 * (18 + 24));
    CHECK(server.requests() == 12);
}

TEST_CASE("what does not come is a finding that says what came", "[scenarios]") {
    const HttpServer server;
    const auto [script, message] = GENERATE(table<std::string, std::string>({
        {get("/") + ", expect: bye",
         "expect: no 'bye' in what came, which begins with 'HTTP/1.1 200 Text' within 60ms"},
        {get("/stall") + ", expect: bye", "expect: nothing came, wanted 'bye' within 60ms"},
        {get("/close") + ", expect: bye", "expect: the server closed the connection; nothing came, wanted 'bye'"},
        {get("/stall") + ", receive: 10", "receive: 0 of 10 bytes came within 60ms"},
        {get("/") + ", closed", "closed: the server did not close the connection within 60ms"},
    }));
    CHECK(told(run_tcp(server, "timeout: 60ms, connections: 2, do: [" + script + "]")) ==
          fmt::format("expectation-missed: 2 of 2 connections failed: {} (2)", message));
}

TEST_CASE("nobody listens", "[scenarios]") {
    FakeWorld world;
    CHECK(told(run_tcp(world, 1, "do: [close]")) ==
          "expectation-missed: 1 of 1 connection failed: no connection: Connection refused (errno 111) (1)");
    world.workload.end({model::ProcessEnd::Kind::exited, 3});
    CHECK(told(run_tcp(world, 1, "do: [close]")).starts_with("workload-failed: the workload ended (exited with 3); "));
}

TEST_CASE("bytes are sent and taken slowly", "[scenarios]") {
    const HttpServer server;
    // 24 bytes, one every 5 ms.
    const auto sending = run_tcp(server, "send_rate: 200, do: [" + get("/missing") + ", expect: \"404\"]");
    CHECK(told(sending) == "passed");
    CHECK(sending.duration >= milliseconds{100});
    const auto taking = run_tcp(server, "receive_rate: 1000000, do: [" + get("/large") + ", receive: 250000, reset]");
    CHECK(told(taking) == "passed");
    CHECK(taking.duration >= milliseconds{200});
    CHECK(metric(taking, "bytes") >= 250'000);
    CHECK(metric(taking, "bytes") < 400'000);
}

TEST_CASE("connections are idle by the hundred", "[scenarios]") {
    const HttpServer server;
    const auto result = run_tcp(server, "connections: 300, do: [hold: 20ms, " + get("/") + ", expect: hello, reset]");
    CHECK(told(result) == "passed");
    CHECK(result.duration >= milliseconds{20});
    CHECK(server.connections() == 300);
    CHECK(server.requests() == 300);
}

TEST_CASE("more connections than open files are refused before the first", "[scenarios]") {
    const HttpServer server;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit low{200, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    const auto result = run_tcp(server, "connections: 300, do: [hold: 1s]");
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(told(result) ==
          "setup-failed: 300 connections need 364 open files and the limit is 200; raise it with ulimit -n");
    CHECK(server.connections() == 0);
}

TEST_CASE("a hold ends with enough, with its time and when the user cancels", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results = world.run(*build_step(fmt::format(
        "during: {{tcp: {{connect: \"127.0.0.1:{}\", connections: 5, do: [hold: 1h]}}}}\n  do: [sleep: 5ms]",
        server.port())));
    CHECK(told(results.front()) == "passed");
    CHECK(metric(results.front(), "connections") == 5);
    CHECK(told(run_tcp(world, server.port(), "within: 30ms, do: [hold: 1h]")) ==
          "timed-out: 0 rounds of the script done when the time was up");
    world.cancel.request(2);
    CHECK(told(run_tcp(world, server.port(), "do: [hold: 1h]")) == "skipped: interrupted");
}

}  // namespace callgate::scenarios
