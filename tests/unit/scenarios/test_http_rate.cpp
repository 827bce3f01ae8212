#include "harness/core/files.h"
#include "harness/core/stable_text.h"
#include "scenarios/http/bodies.h"
#include "scenarios/http/latency.h"
#include "scenarios/http/pace.h"
#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

namespace callgate::scenarios {

namespace {

using http::Bodies;
using http::Pace;
using std::chrono::milliseconds;
using tests::FakeWorld;
using tests::HttpServer;

model::StepResult run_http(FakeWorld& world, const std::string& address, const std::string& options) {
    auto results = world.run(*build_step(fmt::format("http: {{url: \"{}\"{}}}", address, options)));
    REQUIRE(results.size() == 1);
    return results.front();
}

std::vector<std::string> seen(const model::StepResult& result) {
    std::vector<std::string> all;
    for (const auto& [subject, value] : result.observations) all.push_back(subject + ": " + value);
    return all;
}

}  // namespace

TEST_CASE("an open loop sends every request at its time", "[scenarios]") {
    const core::SteadyTime begin{};
    Pace pace{3, 100};
    pace.begin(begin);
    CHECK(pace.open_loop());
    const auto first = pace.take(begin + milliseconds{12});
    CHECK(first.what == Pace::What::send);
    CHECK(first.at == begin);
    // Late by two milliseconds: it counts from when it was due.
    const auto second = pace.take(begin + milliseconds{12});
    CHECK(second.what == Pace::What::send);
    CHECK(second.at == begin + milliseconds{10});
    const auto third = pace.take(begin + milliseconds{12});
    CHECK(third.what == Pace::What::wait);
    CHECK(third.at == begin + milliseconds{20});
    CHECK(pace.take(begin + milliseconds{20}).what == Pace::What::send);
    CHECK(pace.take(begin + milliseconds{30}).what == Pace::What::none);
}

TEST_CASE("where every call of the workload stops, a load is brief and nothing is expected of its speed",
          "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    world.speed = ports::Speed::traced;
    const auto result = run_http(world, server.url("/"), ", for: 1h, expect: {min_rate: 1000000, p50: 1ms}");
    INFO(result.message);
    CHECK(result.outcome == model::Outcome::passed);
}

TEST_CASE("what an open loop owes at its end is still sent", "[scenarios]") {
    const core::SteadyTime begin{};
    Pace pace{std::nullopt, 100};
    pace.begin(begin);
    pace.end(begin + milliseconds{25});
    for (int i = 0; i < 3; ++i) CHECK(pace.take(begin + milliseconds{500}).at == begin + milliseconds{i * 10});
    CHECK(pace.take(begin + milliseconds{500}).what == Pace::What::none);
    Pace stopped{std::nullopt, 100};
    stopped.begin(begin);
    stopped.stop();
    CHECK(stopped.take(begin + milliseconds{500}).what == Pace::What::none);
}

TEST_CASE("a closed loop sends whenever somebody is free", "[scenarios]") {
    const core::SteadyTime begin{};
    Pace pace{std::nullopt, 0};
    pace.begin(begin);
    CHECK(!pace.open_loop());
    pace.end(begin + milliseconds{8});
    CHECK(pace.take(begin + milliseconds{7}).at == begin + milliseconds{7});
    CHECK(pace.take(begin + milliseconds{9}).what == Pace::What::none);
}

TEST_CASE("requests are made at a rate", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto result = run_http(world, server.url("/"), ", rate: 200, count: 21, connections: 4");
    CHECK(told(result) == "passed");
    CHECK(metric(result, "requests") == 21);
    // The last of them is due after 100 ms.
    CHECK(result.duration >= milliseconds{100});
    CHECK(server.connections() <= 4);
    const auto timed = run_http(world, server.url("/"), ", rate: 100, for: 95ms");
    CHECK(told(timed) == "passed");
    CHECK(metric(timed, "requests") == 10);
}

TEST_CASE("a server that is slow at an open loop does not hide it", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    // One connection is held by a request that is never answered: those that are due meanwhile fail.
    const auto result = run_http(world, server.url("/stall"), ", rate: 1000, for: 30ms, connections: 1, timeout: 40ms");
    CHECK(result.outcome == model::Outcome::expectation_missed);
    CHECK(metric(result, "requests") == 30);
    CHECK(metric(result, "errors") == 30);
    CHECK(result.message.find("not sent within 40 ms, all connections were busy (") != std::string::npos);
}

TEST_CASE("an open loop ends with enough and when the user cancels", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results = world.run(
        *build_step(fmt::format("during: {{http: {{url: \"{}\", rate: 100}}}}\n  do: [sleep: 30ms]", server.url("/"))));
    CHECK(told(results.front()) == "passed");
    CHECK(metric(results.front(), "requests") > 0);
    world.cancel.request(2);
    CHECK(told(run_http(world, server.url("/"), ", rate: 1, for: 30s")) == "skipped: interrupted");
}

TEST_CASE("latencies beyond the wanted ones are a finding", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto slow = run_http(world, server.url("/slow"), ", count: 3, expect: {p50: 5ms, p99: 10s}");
    CHECK(slow.outcome == model::Outcome::expectation_missed);
    CHECK(slow.message.starts_with("50 % of the requests took up to "));
    CHECK(slow.message.ends_with(" ms, wanted at most 5ms"));
    CHECK(told(run_http(world, server.url("/slow"), ", count: 3, expect: {p50: 10s, p95: 10s, p99: 10s}")) == "passed");
}

TEST_CASE("all latencies are in the result", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto result = run_http(world, server.url("/"), ", count: 50");
    std::uint64_t sum = 0;
    for (const auto& bucket : result.latency) sum += bucket.count;
    CHECK(sum == 50);
    CHECK(std::is_sorted(result.latency.begin(), result.latency.end(),
                         [](const auto& a, const auto& b) { return a.up_to_ms < b.up_to_ms; }));
    http::LatencyHistogram histogram;
    for (const int ms : {1, 1, 100}) histogram.add(milliseconds{ms});
    const auto compact = histogram.compact();
    REQUIRE(compact.size() == 2);
    CHECK(compact[0].count == 2);
    CHECK(compact[0].up_to_ms == Approx(1).epsilon(0.125));
    CHECK(compact[1].up_to_ms == Approx(100).epsilon(0.125));
}

TEST_CASE("a body comes from a file", "[scenarios]") {
    const HttpServer server;
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    std::ofstream{directory->path() / "upload"} << "from a file";
    FakeWorld world;
    world.directory = directory->path().string();
    CHECK(told(run_http(world, server.url("/echo"),
                        R"(, body_file: upload, expect: {body: {contains: "POST /echo"}})")) == "passed");
    CHECK(told(run_http(world, server.url("/echo"),
                        R"(, body_file: upload, expect: {body: {contains: from a file}})")) == "passed");
    const auto missing = run_http(world, server.url("/echo"), ", body_file: missing");
    CHECK(missing.outcome == model::Outcome::setup_failed);
    CHECK(missing.message.find("/missing") != std::string::npos);
}

TEST_CASE("requests show a client certificate and agree on protocol and cipher", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.client_certificate = true;
    serving.alpn = "h2";
    const HttpServer server{serving};
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    std::ofstream{directory->path() / "cert.pem"} << server.certificate();
    std::ofstream{directory->path() / "key.pem"} << server.key();
    FakeWorld world;
    world.directory = directory->path().string();
    const std::string pair = "certificate: cert.pem, key: key.pem";
    CHECK(told(run_http(world, server.url("/"),
                        ", tls: {" + pair + ", alpn: http/1.1, ciphers: [TLS_AES_128_GCM_SHA256]}, count: 3")) ==
          "passed");
    CHECK(server.cipher() == "TLS_AES_128_GCM_SHA256");
    CHECK(run_http(world, server.url("/"), "").outcome == model::Outcome::expectation_missed);
    CHECK(told(run_http(world, server.url("/"), ", tls: {" + pair + ", alpn: [h2, http/1.1]}")) ==
          "expectation-missed: 1 of 1 request failed: the server chose 'h2' (ALPN), which is not HTTP/1.1 (1); wanted "
          "status 2xx or 3xx");
    CHECK(told(run_http(world, server.url("/"), ", tls: {certificate: gone.pem, key: key.pem}"))
              .starts_with("setup-failed: cannot read a certificate from '"));
}

TEST_CASE("what a body looked like is told without what differs from run to run", "[scenarios]") {
    const auto [body, told] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"hello", "hello"},
        {"10 of 345, v1.2", "0 of 0, v0.0"},
        {"id=deadbeef01 cafe12", "id=0 cafe0"},
        {"added faced", "added faced"},
        {"550e8400-e29b-41d4-a716-446655440000;", "0;"},
        {"/tmp/cg-aB3/data", "${workdir}/data"},
        {"1234567 12345678", "0 0"},
    }));
    CHECK(core::stable_text(body, "/tmp/cg-aB3") == told);
    CHECK(core::stable_text("/a", "/") == "/a");
}

TEST_CASE("bodies are alike, varying, or empty", "[scenarios]") {
    Bodies none{"/"};
    CHECK(none.text().empty());
    Bodies alike{"/"};
    alike.add("took 5 ms", 9);
    alike.add("took 5 ms", 9);
    alike.add("took 12 ms", 10);
    CHECK(alike.text() == [] {
        Bodies other{"/"};
        other.add("took 999 ms", 11);
        return other.text();
    }());
    CHECK(alike.text().starts_with("9 bytes, "));
    alike.add("failed", 6);
    CHECK(alike.text() == "varying, never empty");
    alike.add("", 0);
    CHECK(alike.text() == "varying, some empty");
    Bodies empty{"/"};
    empty.add("", 0);
    CHECK(empty.text().starts_with("0 bytes, "));
    Bodies large{"/"};
    large.add("beginning", 20);
    CHECK(large.text() == "more than 9 bytes");
}

TEST_CASE("a step tells what the answers looked like", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto result = run_http(world, server.url("/"), ", count: 5");
    REQUIRE(result.observations.size() == 2);
    CHECK(seen(result)[0].starts_with("body of GET http://127.0.0.1/: 5 bytes, "));
    CHECK(seen(result)[1] == "status of GET http://127.0.0.1/: 200");
    const auto varying = run_http(world, server.url("/error"), ", count: 6, expect: {status: [200, 500]}");
    CHECK(seen(varying)[1] == "status of GET http://127.0.0.1/error: 200 or 500");
    const auto strict = run_http(world, server.url("/missing"), ", expect: {status: 404}");
    CHECK(strict.observations.size() == 1);
    CHECK(run_http(world, server.url("/missing"), "").observations.empty());
}

}  // namespace callgate::scenarios
