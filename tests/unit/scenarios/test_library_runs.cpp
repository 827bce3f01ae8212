#include "harness/core/files.h"
#include "scenarios/library.h"
#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <map>

namespace callgate::scenarios {

namespace {

using tests::FakeWorld;
using tests::HttpServer;

/// What became of each step of a scenario of the library, in order.
std::vector<model::StepResult> play(FakeWorld& world, const std::string& name, const std::string& with) {
    core::Diagnostics diagnostics;
    std::map<std::string, document::Node> values;
    for (const auto& member : parse_node(with, diagnostics).members) values.emplace(member.key, member.value);
    const auto used = instantiate(name, values, {}, diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(used.has_value());
    const auto built = build_steps(used->steps, diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(built.size() == used->steps.size());
    std::vector<model::StepResult> all;
    for (const auto& step : built) {
        for (auto& result : world.run(*step)) all.push_back(std::move(result));
    }
    return all;
}

void check_passed(const std::vector<model::StepResult>& results) {
    for (const auto& result : results) CHECK(result.name + ": " + told(result) == result.name + ": passed");
}

std::string connect(const HttpServer& server) {
    return fmt::format("connect: \"localhost:{}\"", server.port());
}

}  // namespace

TEST_CASE("slow clients are served, and leave a server that serves", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results =
        play(world, "slow-clients",
             "{" + connect(server) + ", connections: 3, send_rate: 500, receive_rate: 2000, bytes: 30}");
    check_passed(results);
    REQUIRE(results.size() == 5);
    CHECK(server.requests() >= 9);
    const auto unanswered = play(world, "slow-clients", "{" + connect(server) + ", send_rate: 500, answer: \"500\"}");
    CHECK(unanswered.front().outcome == model::Outcome::expectation_missed);
}

TEST_CASE("idle connections are held beside each other", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results = play(world, "idle-timers", "{" + connect(server) + ", connections: 20, for: 20ms}");
    check_passed(results);
    CHECK(server.connections() == 60);
    CHECK(server.requests() == 20);
}

TEST_CASE("large bodies arrive", "[scenarios]") {
    const HttpServer server;
    FakeWorld world;
    const auto results =
        play(world, "large-bodies", fmt::format("{{url: \"{}\", size: 300000, count: 4}}", server.url("/echo")));
    check_passed(results);
    CHECK(metric(results.front(), "bytes") > 4 * 300'000);
}

TEST_CASE("all sorts of handshakes are made with both versions", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    FakeWorld world;
    const auto results = play(world, "tls-handshakes", "{" + connect(server) + ", count: 2, connections: 2}");
    check_passed(results);
    REQUIRE(results.size() == 2);
    for (const auto& result : results) CHECK(metric(result, "resumed") == 2);
}

TEST_CASE("renegotiation is what the plan says of the server", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.renegotiation = true;
    const HttpServer willing{serving};
    const HttpServer unwilling{HttpServer::Tls::any};
    FakeWorld world;
    check_passed(play(world, "tls-renegotiation", "{" + connect(unwilling) + "}"));
    check_passed(play(world, "tls-renegotiation", "{" + connect(willing) + ", renegotiation: accepted}"));
    CHECK(told(play(world, "tls-renegotiation", "{" + connect(willing) + ", count: 1}").front()) ==
          "expectation-missed: renegotiate: accepted, wanted refused");
}

TEST_CASE("keys are updated by both sides", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    FakeWorld world;
    const auto results = play(world, "tls-key-update", "{" + connect(server) + ", count: 3}");
    check_passed(results);
    CHECK(metric(results.front(), "key_updates") == 6);
}

TEST_CASE("a certificate is replaced under load", "[scenarios]") {
    HttpServer server{HttpServer::Tls::any};
    const auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    const auto write = [&](const std::string& name) {
        std::ofstream{directory->path() / name} << server.certificate();
    };
    write("old.pem");
    write("new.pem");
    FakeWorld world;
    world.directory = directory->path().string();
    const auto with = "{" + connect(server) + ", old: old.pem, new: new.pem, replace: [true], within: 60ms}";
    // A server that reads nothing again goes on with the old one.
    world.workload.on_signal = [&](int) { std::ofstream{directory->path() / "new.pem"} << "nothing yet\n"; };
    CHECK(play(world, "certificate-rotation", with).back().outcome == model::Outcome::expectation_missed);
    world.workload.on_signal = [&](int) {
        server.replace_certificate("renewed.example");
        write("new.pem");
    };
    const auto results = play(world, "certificate-rotation", with);
    check_passed(results);
    CHECK(world.runner.requests.size() == 2);
}

}  // namespace callgate::scenarios
