#include "harness/core/files.h"
#include "tests/support/fake_instance.h"
#include "tests/support/http_server.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>

namespace callgate::scenarios {

namespace {

using tests::FakeWorld;
using tests::HttpServer;

constexpr auto kRequest = R"(, send: "GET / HTTP/1.1\r\n\r\n", expect: {answer: {contains: hello}})";

model::StepResult run_tls(FakeWorld& world, std::uint16_t port, const std::string& options) {
    auto results = world.run(*build_step(fmt::format("tls: {{connect: \"localhost:{}\"{}}}", port, options)));
    REQUIRE(results.size() == 1);
    return results.front();
}

model::StepResult run_tls(const HttpServer& server, const std::string& options) {
    FakeWorld world;
    return run_tls(world, server.port(), options);
}

/// A directory with files in it, which is the workload's.
struct Files {
    core::TempDir directory = core::TempDir::make("callgate-test").value();

    void write(const std::string& name, const std::string& text) const {
        std::ofstream{directory.path() / name} << text;
    }
    void enter(FakeWorld& world) const { world.directory = directory.path().string(); }
};

}  // namespace

TEST_CASE("handshakes are counted, over as many connections", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto result = run_tls(server, std::string{", count: 10, connections: 3"} + kRequest);
    CHECK(told(result) == "passed");
    CHECK(result.name == fmt::format("tls handshake localhost:{}", server.port()));
    CHECK(metric(result, "rounds") == 10);
    CHECK(metric(result, "handshakes") == 10);
    CHECK(server.connections() == 10);
    CHECK(server.requests() == 10);
}

TEST_CASE("a session is resumed by ticket and by id", "[scenarios]") {
    const auto [tickets, options] = GENERATE(table<bool, std::string>({
        {true, ", version: \"1.3\""},
        {true, ", version: \"1.2\""},
        {true, ", version: \"1.2\", tickets: false"},
        {false, ", version: \"1.2\""},
    }));
    HttpServer::TlsOptions serving;
    serving.tickets = tickets;
    const HttpServer server{serving};
    const auto result = run_tls(server, ", do: [handshake, resume, resume], count: 2" + options + kRequest);
    CHECK(told(result) == "passed");
    CHECK(metric(result, "resumed") == 4);
    CHECK(metric(result, "handshakes") == 6);
}

TEST_CASE("a server that resumes nothing is a finding unless that is wanted", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.resumption = false;
    const HttpServer server{serving};
    CHECK(told(run_tls(server, ", do: resume, version: \"1.2\"")) ==
          "expectation-missed: resume: the server gave no session that can be resumed");
    CHECK(told(run_tls(server, ", do: resume, version: \"1.2\", expect: {resumption: refused}")) == "passed");
    const HttpServer willing{HttpServer::Tls::any};
    CHECK(told(run_tls(willing, ", do: resume, expect: {resumption: refused}")) ==
          "expectation-missed: resume: the session was resumed, wanted that refused");
}

TEST_CASE("a renegotiation is accepted or refused, and a request follows it", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.renegotiation = true;
    const HttpServer willing{serving};
    const HttpServer unwilling{HttpServer::Tls::any};
    const std::string twice = ", do: [handshake, renegotiate, renegotiate], version: \"1.2\"";
    const auto result = run_tls(willing, twice + kRequest);
    CHECK(told(result) == "passed");
    CHECK(metric(result, "renegotiated") == 2);
    CHECK(willing.requests() == 3);
    CHECK(told(run_tls(unwilling, twice)) ==
          "expectation-missed: renegotiate: refused (no renegotiation), wanted accepted");
    CHECK(told(run_tls(unwilling, twice + ", expect: {renegotiation: refused}")) == "passed");
    CHECK(told(run_tls(willing, twice + ", expect: {renegotiation: refused}")) ==
          "expectation-missed: renegotiate: accepted, wanted refused");
}

TEST_CASE("keys are updated in both directions, or in one", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto both = run_tls(server, std::string{", do: [handshake, key-update, key-update]"} + kRequest);
    CHECK(told(both) == "passed");
    CHECK(metric(both, "key_updates") == 2);
    CHECK(server.requests() == 3);
    const auto own = run_tls(server, std::string{", do: key-update-own"} + kRequest);
    CHECK(told(own) == "passed");
    CHECK(metric(own, "key_updates") == 0);
}

TEST_CASE("handshakes that are slow, and what is no handshake", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto action = GENERATE("slow-handshake", "half-handshake", "alert", "garbage", "bad-record", "cut", "close");
    const auto version = GENERATE("1.2", "1.3");
    INFO(action << " " << version);
    const auto result = run_tls(server, fmt::format(", do: [{}, handshake], version: \"{}\", count: 2, timeout: 5s{}",
                                                    action, version, kRequest));
    CHECK(told(result) == "passed");
    CHECK(metric(result, "rounds") == 2);
    CHECK(server.requests() >= 2);
}

TEST_CASE("a server that keeps what it should close is a finding", "[scenarios]") {
    const HttpServer plain;
    FakeWorld world;
    CHECK(told(run_tls(world, plain.port(), ", do: garbage, timeout: 50ms")) ==
          "expectation-missed: garbage: the connection stayed open for 50ms");
    CHECK(told(run_tls(world, plain.port(), ", timeout: 50ms")) ==
          "expectation-missed: handshake: no answer within 50ms");
}

TEST_CASE("what a handshake agrees on is compared with what was wanted", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.alpn = "http/1.1";
    serving.ocsp = "good";
    const HttpServer server{serving};
    const auto [options, message] = GENERATE(table<std::string, std::string>({
        {", alpn: [h2, http/1.1], expect: {alpn: http/1.1, version: \"1.3\"}", "passed"},
        {", alpn: h2, expect: {alpn: \"\"}", "passed"},
        {", alpn: http/1.1, expect: {alpn: h2}",
         "expectation-missed: handshake: the server chose 'http/1.1' (ALPN), wanted 'h2'"},
        {", version: \"1.2\", expect: {version: \"1.3\"}",
         "expectation-missed: handshake: TLS 1.2 was agreed on, wanted 1.3"},
        {", ocsp: true, expect: {ocsp: true, client_certificate: false}", "passed"},
        {", ocsp: true, expect: {ocsp: false}",
         "expectation-missed: handshake: an OCSP response came with the handshake, wanted none"},
        {", expect: {client_certificate: true}",
         "expectation-missed: handshake: the server asked for no client certificate, wanted it to"},
        {", expect: {certificate: {subject: localhost}}", "passed"},
        {", expect: {certificate: {subject: example.org}}",
         "expectation-missed: handshake: the certificate is that of 'CN = localhost', wanted 'example.org'"},
        {", expect: {handshake: refused}, timeout: 50ms",
         "expectation-missed: handshake: the handshake was accepted and the connection stayed open for 50ms, wanted it "
         "refused"},
        {", insecure: false", "expectation-missed: handshake: certificate verify failed"},
        {", send: \"GET / HTTP/1.1\\r\\n\\r\\n\", expect: {answer: {contains: bye}}, timeout: 50ms",
         "expectation-missed: handshake: no 'bye' in the answer, which begins with 'HTTP/1.1 200 Text'"},
    }));
    CHECK(told(run_tls(server, options)) == message);
}

TEST_CASE("ciphers are those of the plan", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const auto cipher = GENERATE("TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256");
    const std::string version = std::string{cipher}.starts_with("TLS_") ? "1.3" : "1.2";
    CHECK(told(run_tls(server, fmt::format(", version: \"{}\", ciphers: {}", version, cipher) + kRequest)) == "passed");
    CHECK(server.cipher() == cipher);
}

TEST_CASE("a client certificate is shown to a server that asks for one", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.client_certificate = true;
    const HttpServer server{serving};
    const auto version = GENERATE(", version: \"1.2\"", ", version: \"1.3\"");
    const Files files;
    files.write("cert.pem", server.certificate());
    files.write("key.pem", server.key());
    FakeWorld world;
    files.enter(world);
    const std::string request = R"(, send: "GET / HTTP/1.1\r\n\r\n", expect: {client_certificate: true})";
    CHECK(told(run_tls(world, server.port(),
                       std::string{version} + ", certificate: cert.pem, key: key.pem" + request)) == "passed");
    CHECK(told(run_tls(world, server.port(), std::string{version} + ", expect: {handshake: refused}")) == "passed");
    CHECK(run_tls(world, server.port(), version + request).outcome == model::Outcome::expectation_missed);
}

TEST_CASE("a certificate is verified with the one of the plan", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    const Files files;
    files.write("ca.pem", server.certificate());
    files.write("broken.pem", "no certificate\n");
    FakeWorld world;
    files.enter(world);
    CHECK(told(run_tls(world, server.port(), ", ca: ca.pem")) == "passed");
    CHECK(run_tls(world, server.port(), ", ca: ca.pem, sni: example.org").message ==
          "handshake: certificate verify failed");
    const auto broken = run_tls(world, server.port(), ", ca: broken.pem");
    CHECK(broken.outcome == model::Outcome::setup_failed);
    CHECK(broken.message.starts_with(
        fmt::format("cannot read certificates to verify with from '{}/broken.pem': ", world.directory)));
}

TEST_CASE("a replaced certificate is waited for", "[scenarios]") {
    HttpServer server{HttpServer::Tls::any};
    const Files files;
    FakeWorld world;
    files.enter(world);
    files.write("old.pem", server.certificate());
    server.replace_certificate("renewed.example");
    files.write("new.pem", server.certificate());
    CHECK(told(run_tls(world, server.port(), ", expect: {certificate: {file: new.pem, subject: renewed}}")) ==
          "passed");
    CHECK(told(run_tls(world, server.port(), ", await: 30ms, expect: {certificate: {file: old.pem}}")) ==
          fmt::format("expectation-missed: handshake: the certificate, of 'CN = renewed.example', is not the one in "
                      "'{}/old.pem'",
                      world.directory));
}

TEST_CASE("TLS begins inside a connection to PostgreSQL", "[scenarios]") {
    HttpServer::TlsOptions serving;
    serving.postgres = true;
    const HttpServer server{serving};
    const auto result = run_tls(server, std::string{", starttls: postgres, do: [handshake, resume]"} + kRequest);
    CHECK(told(result) == "passed");
    CHECK(metric(result, "resumed") == 1);
    const HttpServer plain;
    CHECK(told(run_tls(plain, ", starttls: postgres, timeout: 50ms")) ==
          "expectation-missed: handshake: no answer within 50ms");
}

TEST_CASE("rounds that failed are told with the most frequent reason first", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    CHECK(told(run_tls(server, ", count: 3, expect: {version: \"1.2\"}")) ==
          "expectation-missed: 3 of 3 rounds failed: handshake: TLS 1.3 was agreed on, wanted 1.2 (3)");
}

TEST_CASE("a TLS step ends with its time, with enough, and when the user cancels", "[scenarios]") {
    const HttpServer server{HttpServer::Tls::any};
    FakeWorld world;
    CHECK(told(run_tls(world, server.port(), ", count: 1000000, within: 60ms")).starts_with("timed-out: "));
    const auto results = world.run(*build_step(
        fmt::format("during: {{tls: {{connect: \"localhost:{}\", do: [handshake, garbage]}}}}\n  do: [sleep: 5ms]",
                    server.port())));
    CHECK(told(results.front()) == "passed");
    CHECK(metric(results.front(), "rounds") > 0);
    world.cancel.request(2);
    CHECK(told(run_tls(world, server.port(), ", count: 5")) == "skipped: interrupted");
}

TEST_CASE("a server that is gone because the workload ended is its failure", "[scenarios]") {
    FakeWorld world;
    world.workload.end({model::ProcessEnd::Kind::signaled, 11});
    CHECK(
        told(run_tls(world, 1, "")) ==
        "workload-failed: the workload ended (killed by SIGSEGV); handshake: no connection: Connection refused (errno "
        "111)");
}

}  // namespace callgate::scenarios
