#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace callgate::scenarios {

namespace {

using tests::FakeWorld;
using tests::HttpServer;

model::StepResult run_http(FakeWorld& world, const std::string& options) {
    auto results = world.run(*build_step("http: {" + options + "}"));
    REQUIRE(results.size() == 1);
    return results.front();
}

model::StepResult run_http(const std::string& options) {
    FakeWorld world;
    return run_http(world, options);
}

std::string url(const HttpServer& server, const std::string& path) {
    return "url: \"" + server.url(path) + "\"";
}

}  // namespace

TEST_CASE("requests are counted over connections that stay open", "[scenarios]") {
    const HttpServer server;
    const auto result = run_http(url(server, "/") + ", count: 200, connections: 4");
    CHECK(told(result) == "passed");
    CHECK(metric(result, "requests") == 200);
    CHECK(metric(result, "errors") == 0);
    CHECK(metric(result, "bytes") == 1000);
    CHECK(metric(result, "requests_per_second") > 0);
    CHECK(metric(result, "latency_p50_ms") > 0);
    CHECK(metric(result, "latency_p99_ms") >= metric(result, "latency_p50_ms"));
    CHECK(server.requests() == 200);
    CHECK(server.connections() <= 4);
    CHECK(result.place.line == 1);
}

TEST_CASE("without keep-alive every request has a connection of its own", "[scenarios]") {
    const HttpServer server;
    const auto result = run_http(url(server, "/") + ", count: 30, connections: 3, keep_alive: false");
    CHECK(told(result) == "passed");
    CHECK(server.connections() == 30);
}

TEST_CASE("many connections are opened", "[scenarios]") {
    const HttpServer server;
    const auto result = run_http(url(server, "/") + ", count: 600, connections: 300");
    CHECK(told(result) == "passed");
    CHECK(metric(result, "requests") == 600);
}

TEST_CASE("a connection that the server closed between requests is opened again", "[scenarios]") {
    const HttpServer server;
    const auto path = GENERATE("/once", "/goodbye");
    const auto result = run_http(url(server, path) + ", count: 40, connections: 2");
    CHECK(told(result) == "passed");
    CHECK(metric(result, "requests") == 40);
    CHECK(server.requests() == 40);
}

TEST_CASE("answers that are not what was wanted", "[scenarios]") {
    const HttpServer server;
    const auto [path, options, message] = GENERATE(table<std::string, std::string, std::string>({
        {"/missing", "", "1 of 1 request failed: status 404 (1); wanted status 2xx or 3xx"},
        {"/error", ", count: 9", "3 of 9 requests failed: status 500 (3); wanted status 2xx or 3xx"},
        {"/error", ", count: 9, expect: {errors: 2}",
         "3 of 9 requests failed: status 500 (3); wanted status 2xx or 3xx, at most 2 failed"},
        {"/", ", expect: {status: [201, 5xx]}", "1 of 1 request failed: status 200 (1); wanted status 201 or 5xx"},
        {"/", ", expect: {body: {contains: bye}}",
         "1 of 1 request failed: another body (1); wanted status 2xx or 3xx with 'bye' in the body"},
        {"/close", ", count: 2",
         "2 of 2 requests failed: connection closed before a response (2); wanted status 2xx or 3xx"},
        {"/cut", ", count: 2", "2 of 2 requests failed: response cut short (2); wanted status 2xx or 3xx"},
        {"/stall", ", timeout: 30ms", "1 of 1 request failed: no response within 30 ms (1); wanted status 2xx or 3xx"},
    }));
    CHECK(told(run_http(url(server, path) + options)) == "expectation-missed: " + message);
}

TEST_CASE("answers that are what was wanted", "[scenarios]") {
    const HttpServer server;
    const auto [path, options] = GENERATE(table<std::string, std::string>({
        {"/missing", ", expect: {status: 404}"},
        {"/error", ", count: 9, expect: {errors: 3}"},
        {"/chunked", ", expect: {body: {contains: hello}}"},
        {"/early", ", expect: {status: 200, body: {contains: late}}"},
        {"/large", ", count: 3, expect: {body: {contains: xxx}}"},
        {"/", ", method: HEAD, count: 3"},
        {"/echo", ", body: \"a=b\", expect: {body: {contains: \"POST /echo\"}}"},
        {"/echo", ", body: \"a=b\", expect: {body: {contains: \"\\r\\n\\r\\na=b\"}}"},
        {"/echo", ", method: PUT, body_size: 200000, expect: {body: {contains: \"Content-Length: 200000\"}}"},
        {"/echo", ", headers: {X-Test: yes}, expect: {body: {contains: \"X-Test: yes\"}}"},
        {"/echo?a=b", ", expect: {body: {contains: hello}}"},
        {"/", ", count: 50, expect: {min_rate: 1}"},
    }));
    CHECK(told(run_http(url(server, path) + options)) == "passed");
}

TEST_CASE("a rate below the wanted one is a finding", "[scenarios]") {
    const HttpServer server;
    const auto result = run_http(url(server, "/") + ", count: 10, expect: {min_rate: 1000000000}");
    CHECK(result.outcome == model::Outcome::expectation_missed);
    CHECK(result.message.ends_with("requests per second, wanted at least 1000000000"));
}

TEST_CASE("a server that is not there", "[scenarios]") {
    std::string address;
    {
        const HttpServer server;
        address = url(server, "/");
    }
    CHECK(told(run_http(address + ", count: 2")) ==
          "expectation-missed: 2 of 2 requests failed: connection refused (2); wanted status 2xx or 3xx");
}

TEST_CASE("requests go on for the given time", "[scenarios]") {
    const HttpServer server;
    const auto result = run_http(url(server, "/") + ", for: 60ms, connections: 2");
    CHECK(told(result) == "passed");
    CHECK(metric(result, "requests") > 2);
    CHECK(result.duration >= core::Milliseconds{60});
}

TEST_CASE("requests that are not done in time are late, not wrong", "[scenarios]") {
    const HttpServer server;
    const auto result = run_http(url(server, "/stall") + ", count: 5, within: 40ms");
    CHECK(result.outcome == model::Outcome::timed_out);
    CHECK(result.message.starts_with("0 of 5 done when the time was up after "));
}

TEST_CASE("a user who cancels does not wait for answers", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    world.cancel.request(2);
    const auto began = std::chrono::steady_clock::now();
    const auto result = run_http(world, url(server, "/stall") + ", connections: 5, count: 5");
    CHECK(told(result) == "skipped: interrupted");
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{5});
}

TEST_CASE("load on a workload that ends is a failure of the workload", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    world.workload.end({model::ProcessEnd::Kind::signaled, 11});
    const auto result = run_http(world, url(server, "/") + ", for: 20s");
    CHECK(result.outcome == model::Outcome::workload_failed);
    CHECK(result.message.starts_with("the workload ended (killed by SIGSEGV) after "));
}

TEST_CASE("requests over TLS", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto [options, version] = GENERATE(table<std::string, std::string>({
        {"", "TLSv1.3"},
        {", tls: {version: \"1.2\"}", "TLSv1.2"},
        {", tls: {version: \"1.3\"}", "TLSv1.3"},
        {", keep_alive: false", "TLSv1.3"},
    }));
    const auto result =
        run_http(url(server, "/") + ", count: 20, connections: 2, expect: {body: {contains: hello}}" + options);
    CHECK(told(result) == "passed");
    CHECK(server.tls_version() == version);
}

TEST_CASE("the server name is sent where it is a name", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto [address, options, name] = GENERATE(table<std::string, std::string, std::string>({
        {"127.0.0.1", "", ""},
        {"localhost", "", "localhost"},
        {"127.0.0.1", ", tls: {sni: example.org}", "example.org"},
    }));
    const auto target = fmt::format("url: \"https://{}:{}/\"", address, server.port());
    CHECK(told(run_http(target + options)) == "passed");
    CHECK(server.server_name() == name);
}

TEST_CASE("a certificate is verified when asked for", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto result = run_http(url(server, "/") + ", insecure: false");
    CHECK(result.outcome == model::Outcome::expectation_missed);
    CHECK(result.message.starts_with("1 of 1 request failed: certificate verify failed"));
}

TEST_CASE("TLS where there is none, and none where there is", "[scenarios]") {
    const HttpServer plain;
    const auto broken = run_http(fmt::format("url: \"https://127.0.0.1:{}/\", timeout: 50ms", plain.port()));
    CHECK(broken.outcome == model::Outcome::expectation_missed);
    const HttpServer secure{HttpServer::Tls::any};
    const auto refused = run_http(fmt::format("url: \"http://127.0.0.1:{}/\"", secure.port()));
    CHECK(refused.outcome == model::Outcome::expectation_missed);
}

}  // namespace callgate::scenarios
