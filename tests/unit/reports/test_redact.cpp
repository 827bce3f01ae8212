#include "reports/format.h"
#include "reports/redact.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace callgate;
using reports::Redactor;

TEST_CASE("what looks like a credential is masked, what stands beside it is kept", "[reports]") {
    const Redactor redactor{{}};
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"nothing to hide", "nothing to hide"},
        {"--password=hunter2 -v", "--password=*** -v"},
        {"--password hunter2 -v", "--password *** -v"},
        {"mysql --password= -v", "mysql --password= -v"},
        {"DB_PASS='two words' x", "DB_PASS='***' x"},
        {R"({"api_key": "abc\"def", "x": 1})", R"({"api_key": "***", "x": 1})"},
        {R"(execve("/usr/bin/x", ["x", "--token", "abc"]))", R"(execve("/usr/bin/x", ["x", "--token", "***"]))"},
        {"GET /?token=abc&x=1", "GET /?token=***&x=1"},
        {"Authorization: Bearer abc def\nHost: x", "Authorization: ***\nHost: x"},
        {R"(sendto(3, "GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\nHost: x"))",
         R"(sendto(3, "GET / HTTP/1.1\r\nAuthorization: ***\r\nHost: x"))"},
        {"cookie: a=b; c=d", "cookie: ***"},
        {"http://user:pa@ss@host:80/x?y=@", "http://***@host:80/x?y=@"},
        {"http://host/a@b", "http://host/a@b"},
        {"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_DEF y", "x *** y"},
        {"AKIAIOSFODNN7EXAMPLE.", "***."},
        {R"(write(2, "\nghp_0123456789abcdefghij"))", R"(write(2, "\n***"))"},
        {"glpat-ABCDEFGHIJKLMNOPQRST", "***"},
        {"xoxb-123456789012-abc", "***"},
        {"a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b", "a *** b"},
        {"a -----BEGIN EC PRIVATE KEY-----\nMIIE", "a ***"},
        {"MIIE\n-----END EC PRIVATE KEY-----\nb", "***\nb"},
        {"ghp_short AKIA eyJ. xoxb-", "ghp_short AKIA eyJ. xoxb-"},
        {"mkdir(\"/run/keys\", 0700)", "mkdir(\"/run/keys\", 0700)"},
    }));
    CHECK(redactor.redact(text) == expected);
    // A report that is made again from what was stored does not change.
    CHECK(redactor.redact(expected) == expected);
}

TEST_CASE("the value of a variable named like a secret is masked however it is written", "[reports]") {
    const Redactor redactor{{"DEPLOY_TOKEN=s3cr3t/va\"lue!", "HOME=/home/user", "AUTH_MODE=none", "PIN_KEY=abc"}};
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"x s3cr3t/va\"lue! y", "x *** y"},
        {R"(write(1, "s3cr3t/va\"lue!", 15))", R"(write(1, "***", 15))"},
        {"/?q=s3cr3t%2Fva%22lue%21", "/?q=***"},
        {"/?q=s3cr3t%2fva%22lue%21", "/?q=***"},
        {R"(write(1, "s3cr3t/va"..., 300))", R"(write(1, "***"..., 300))"},
        {"s3cr3t/va…", "***…"},
        {"comm s3cr3t/va", "comm ***"},
        {"s3cr3t/other", "s3cr3t/other"},
        {"/home/user none abc", "/home/user none abc"},
    }));
    CHECK(redactor.redact(text) == expected);
}

TEST_CASE("a secret in Base64 is masked wherever it begins", "[reports]") {
    const Redactor redactor{{"API_KEY=correct horse battery"}};
    // "correct horse battery" behind "", "a" and "ab".
    for (const std::string encoded :
         {"Y29ycmVjdCBob3JzZSBiYXR0ZXJ5", "YWNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==", "YWJjb3JyZWN0IGhvcnNlIGJhdHRlcnk="}) {
        INFO(encoded);
        const auto redacted = redactor.redact("x " + encoded);
        CHECK(redacted.find("***") != std::string::npos);
        CHECK(redacted.size() < 12);
    }
}

TEST_CASE("a longer secret is masked before a shorter one inside it", "[reports]") {
    CHECK(Redactor{{"A_KEY=pass", "B_KEY=passphrase"}}.redact("the passphrase, the pass") == "the ***, the ***");
}

TEST_CASE("a command keeps its form when it is redacted", "[reports]") {
    const Redactor redactor{{}};
    const std::vector<std::string> command{"callgate", "run",         "--",     "x", "--api-key",
                                           "abc",      "--token=abc", "--auth", "-v"};
    const std::vector<std::string> expected{"callgate", "run",         "--",     "x", "--api-key",
                                            "***",      "--token=***", "--auth", "-v"};
    CHECK(redactor.redact_command(command) == expected);
}

TEST_CASE("no report of a redacted run holds the secret, wherever it was", "[reports]") {
    const std::string secret = "VerySecretValue";
    const auto hide = [&](auto& text) { text = "a " + secret + " b"; };
    auto run = tests::violated_run();
    hide(run.plan);
    run.command = {"callgate", secret};
    run.notes = {secret};
    for (auto& c : run.cases) {
        for (auto* text : {&c.name, &c.workload, &c.profile, &c.scenario, &c.place.file}) hide(*text);
        c.reasons = c.notes = {secret};
        c.log_tail = "SecretValue\n" + secret + "\n";
        for (auto& v : c.violations) {
            for (auto* text : {&v.decoded, &v.comm, &v.exe, &v.phase, &v.step, &v.fix, &v.rule.file}) hide(*text);
            for (auto& frame : v.stack) frame.module = frame.symbol = frame.file = secret;
        }
        c.expected = c.violations;
        for (auto& v : c.expected) hide(v.expected);
        for (auto& step : c.steps) {
            for (auto* text : {&step.name, &step.message, &step.place.file}) hide(*text);
        }
    }
    run.proposals[0].profile = secret;
    run.proposals[0].notes = {secret};
    Redactor{{"MY_SECRET=" + secret}}.apply(run);
    for (const auto* format : reports::formats()) {
        INFO(format->name);
        const auto text = format->render(run);
        CHECK(text.find(secret) == std::string::npos);
        CHECK(text.find("SecretValue") == std::string::npos);
        CHECK(text.find("***") != std::string::npos);
    }
    CHECK(run.cases[0].violations[0].syscall == "mkdir");
}

TEST_CASE("where a run was started and what it was made from is redacted", "[reports]") {
    model::RunResult run;
    run.directory = "/home/hunter22/work";
    run.inputs = {{"plans/hunter22.yaml", "00"}};
    reports::Redactor{{"DB_PASSWORD=hunter22"}}.apply(run);
    CHECK(run.directory == "/home/***/work");
    CHECK(run.inputs[0].path == "plans/***.yaml");
}

TEST_CASE("redacting takes time in proportion to the text, whatever stands in it", "[reports]") {
    const std::string value = std::string(200, 'a') + "b";
    const Redactor redactor{{"X_TOKEN=" + value}};
    const std::string piece = GENERATE(as<std::string>{}, "eyJ", "://", "ghp_", "a", "token=", "-----BEGIN ",
                                       "-----END ", "\"token\": ", "...", "AKIA", "eyJaaaaaaaaa.eyJ");
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(redactor.redact(text).empty());
    // Quadratic would be minutes; the bound leaves room for a slow machine and sanitizers.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{10});
}
