#include "harness/core/files.h"
#include "harness/document/expand.h"
#include "scenarios/library.h"
#include "scenarios/step_kind.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace callgate::scenarios {

TEST_CASE("step kinds are sorted and say what they are", "[scenarios]") {
    const auto kinds = step_kinds();
    CHECK(std::is_sorted(kinds.begin(), kinds.end(), [](const auto* a, const auto* b) { return a->name < b->name; }));
    for (const auto* kind : kinds) {
        INFO(kind->name);
        CHECK(!kind->summary.empty());
        const auto schema = nlohmann::json::parse(kind->schema);
        CHECK(schema.contains(std::string{kind->name}));
        CHECK(schema.size() == (kind->companion.empty() ? 1 : 2));
        CHECK((kind->companion.empty() || schema.contains(std::string{kind->companion})));
    }
}

TEST_CASE("the schema of a step kind has the keys that its reader knows", "[scenarios]") {
    const auto [kind, rest] = GENERATE(table<std::string, std::string>({{"http", "url: \"http://localhost/\""},
                                                                        {"signal", "send: SIGHUP"},
                                                                        {"exec", "command: [a]"},
                                                                        {"tls", "connect: \"h:1\""},
                                                                        {"tcp", "connect: \"h:1\""},
                                                                        {"repeat", "times: 1"}}));
    const StepsText read{"- " + kind + ": {" + rest + ", qqqqqqqqqqqqqqqq: 1}"};
    const auto& all = read.diagnostics.all();
    const auto found = std::find_if(all.begin(), all.end(), [](const core::Diagnostic& d) {
        return d.message.find("does not know the key") != std::string::npos;
    });
    REQUIRE(found != all.end());
    const auto found_kind = std::find_if(step_kinds().begin(), step_kinds().end(),
                                         [&, wanted = kind](const auto* k) { return k->name == wanted; });
    auto schema = nlohmann::json::parse((*found_kind)->schema)[kind];
    if (schema.contains("anyOf")) schema = schema["anyOf"][1];
    std::set<std::string> keys;
    for (const auto& [name, value] : schema["properties"].items()) keys.insert(name);
    if (keys.size() > 16) {
        // So many are not listed in a hint: each is tried.
        for (const auto& key : keys) {
            const StepsText one{fmt::format("- {}: {{{}: []}}", kind, key)};
            INFO(one.said());
            CHECK(one.said().find("does not know the key") == std::string::npos);
        }
        return;
    }
    std::set<std::string> known;
    for (auto hint = found->hint.substr(std::string{"one of "}.size()); !hint.empty();) {
        const auto comma = hint.find(", ");
        known.insert(hint.substr(0, comma));
        hint.erase(0, comma == std::string::npos ? comma : comma + 2);
    }
    CHECK(known == keys);
}

TEST_CASE("mistakes in steps are shown at their place", "[scenarios]") {
    const StepsText read{R"(
- htpp: {url: "http://localhost/"}
- {sleep: 1s, signal: SIGHUP}
- sleep: 5 seconds
- name: nothing
- during: {http: {url: localhost}}
  do:
    - signal: {send: SIGHUP, tims: 3}
)"};
    CHECK(read.steps.empty());
    CHECK(read.said() == R"(plan.yaml:2:3: error: 'htpp' is not a kind of step
  2 | - htpp: {url: "http://localhost/"}
    |   ^~~~
    = hint: did you mean 'http'?
plan.yaml:3:15: error: a step does one thing: 'sleep' and 'signal'
  3 | - {sleep: 1s, signal: SIGHUP}
    |               ^~~~~~
    = hint: make two steps of it: write - in front of each
plan.yaml:4:10: error: '5 seconds' is not a duration
  4 | - sleep: 5 seconds
    |          ^~~~~~~~~
    = hint: a whole number and a unit: 500ms, 10s, 2m, 1h
plan.yaml:5:3: error: a step without a kind
  5 | - name: nothing
    |   ^
    = hint: one of during, exec, gc, http, parallel, pressure, ready, repeat, restart, signal, sleep, tcp, tls
plan.yaml:6:24: error: 'localhost' is not an http:// or https:// URL
  6 | - during: {http: {url: localhost}}
    |                        ^~~~~~~~~
plan.yaml:8:30: error: signal does not know the key 'tims'
  8 |     - signal: {send: SIGHUP, tims: 3}
    |                              ^~~~
    = hint: did you mean 'times'?
)");
}

TEST_CASE("mistakes of each step kind", "[scenarios]") {
    const auto [step, message] = GENERATE(table<std::string, std::string>({
        {"x", "a plain value stands where a step is wanted"},
        {"http: {}", "http has no 'url'"},
        {"http: []", "a list stands where http is wanted"},
        {"http: {url: \"http://h/\", count: 1, for: 1s}", "'for' stands beside 'count': one or the other"},
        {"http: {url: \"http://h/\", connections: 10001}", "'10001' is not a whole number from 1 to 10000"},
        {"http: {url: \"http://h/\", body: a, body_size: 1}", "'body_size' stands beside 'body': one or the other"},
        {"http: {url: \"http://h/\", method: \"G T\"}", "'G T' is not a method"},
        {"http: {url: \"http://h/\", headers: {\"a b\": c}}", "'a b' is not the name of a header"},
        {"http: {url: \"http://h/\", headers: {a: \"b\\r\\nc\"}}", "header 'a' holds a control character"},
        {"http: {url: \"http://h/\", headers: {Connection: close}}",
         "header 'Connection' follows from the other options"},
        {"http: {url: \"http://h/\", expect: {status: 2x}}", "'2x' is not an HTTP status"},
        {"http: {url: \"http://h/\", expect: {status: []}}", "the list of statuses is empty"},
        {"http: {url: \"http://h/\", expect: {body: hello}}", "'hello' stands where body is wanted"},
        {"http: {url: \"http://h/\", tls: {version: 1.1}}", "'1.1' is not a TLS version"},
        {"http: {url: \"http://h/\", body: a, body_file: b}", "'body_file' stands beside 'body': one or the other"},
        {"http: {url: \"http://h/\", rate: 5}", "'rate' stands without 'for' and 'count'"},
        {"http: {url: \"http://h/\", rate: 0, for: 1s}", "'0' is not a whole number from 1 to 1000000"},
        {"http: {url: \"http://h/\", tls: {sni: a}}", "'tls' stands beside a URL without TLS"},
        {"http: {url: \"https://h/\", tls: {ciphers: [NONE-SUCH]}}", "'NONE-SUCH' is no cipher that OpenSSL knows"},
        {"http: {url: \"https://h/\", tls: {ciphers: []}}", "the list of ciphers is empty"},
        {"http: {url: \"https://h/\", tls: {alpn: \"\"}}", "'' is not a protocol for ALPN"},
        {"http: {url: \"https://h/\", tls: {key: k.pem}}", "'key' stands alone"},
        {"http: {url: \"https://h/\", insecure: true, tls: {ca: c.pem}}",
         "'insecure' stands beside a 'ca' to verify with"},
        {"http: {url: \"http://h/\", expect: {p99: soon}}", "'soon' is not a duration"},
        {"tls: {}", "tls has no 'connect'"},
        {"tls: x", "'x' stands where tls is wanted"},
        {"tls: {connect: h}", "'h' has no port, as in h:80"},
        {"tls: {connect: \"h:1\", do: renegotiat, version: \"1.2\"}", "'renegotiat' is not something to do with TLS"},
        {"tls: {connect: \"h:1\", do: []}", "the list of what to do is empty"},
        {"tls: {connect: \"h:1\", do: renegotiate}", "TLS 1.3 knows no renegotiation"},
        {"tls: {connect: \"h:1\", do: key-update, version: \"1.2\"}", "TLS 1.2 knows no key update"},
        {"tls: {connect: \"h:1\", starttls: smtp}", "'smtp' is no protocol that can start TLS here"},
        {"tls: {connect: \"h:1\", tickets: false, version: \"1.3\"}", "TLS 1.3 resumes by tickets only"},
        {"tls: {connect: \"h:1\", await: 1s}", "'await' stands without a 'certificate' in 'expect'"},
        {"tls: {connect: \"h:1\", expect: {handshake: no}}", "'no' says not what a server does"},
        {"tls: {connect: \"h:1\", expect: {ocsp: true}}", "nobody asked for what 'ocsp' expects"},
        {"tls: {connect: \"h:1\", expect: {certificate: {}}}", "certificate has none of 'subject', 'file'"},
        {"tls: {connect: \"h:1\", expect: {answer: {contains: a}}}", "'answer' stands without 'send'"},
        {"tcp: {connect: \"h:1\"}", "tcp has no 'do'"},
        {"tcp: {connect: \"h:1\", do: close}", "a plain value stands where a list of what to do is wanted"},
        {"tcp: {connect: \"h:1\", do: []}", "the list of what to do is empty"},
        {"tcp: {connect: \"h:1\", do: [clos]}", "'clos' is not something to do with a connection"},
        {"tcp: {connect: \"h:1\", do: [sned: a]}", "'sned' is not something to do with a connection"},
        {"tcp: {connect: \"h:1\", do: [send]}", "'send' needs a value"},
        {"tcp: {connect: \"h:1\", do: [reset: 1]}", "'reset' takes no value"},
        {"tcp: {connect: \"h:1\", do: [expect: \"\"]}", "'expect' has no text"},
        {"tcp: {connect: \"h:1\", do: [receive: 0]}", "'0' is not a whole number from 1 to 1099511627776"},
        {"tcp: {connect: \"h:1\", do: [hold: long]}", "'long' is not a duration"},
        {"tcp: {connect: \"h:1\", do: [{send: a, expect: b}]}", "a mapping stands where one thing to do is wanted"},
        {"tcp: {connect: \"h:1\", do: [close, hold: 1s]}",
         "nothing can be done with a connection that was ended before"},
        {"http: \"http://user:secret@h/\"", "user and password in a URL are not supported"},
        {"http: \"http://h:0/\"", "'0' is not a port from 1 to 65535"},
        {"http: \"http://h/#top\"", "a fragment ('#') is never sent"},
        {"http: \"http://[::1/\"", "'[::1' has no closing ']'"},
        {"signal: SIGNOPE", "'SIGNOPE' is not a signal"},
        {"signal: {}", "signal has no 'send'"},
        {"signal: {send: SIGHUP, to: everyone}", "'everyone' does not say whom to send the signal to"},
        {"signal: {send: SIGHUP, times: 0}", "'0' is not a whole number from 1 to 100000"},
        {"signal: {send: SIGHUP, every: 1s}", "'every' stands without 'times'"},
        {"exec: []", "the command is empty"},
        {"exec: {}", "exec has no 'command'"},
        {"exec: {command: [a], expect: {stdout: hello}}", "'hello' stands where stdout is wanted"},
        {"ready: {http: \"http://h/\", log: up}", "'log' stands beside 'http': ready has one or the other"},
        {"ready: {status: 200}", "ready has none of 'http', 'tcp', 'log', 'exec'"},
        {"ready: {tcp: \"h:1\", status: 200}", "'status' stands without 'http'"},
        {"ready: {tcp: localhost}", "'localhost' has no port, as in localhost:80"},
        {"ready: {log: \"\"}", "an empty text stands in every log"},
        {"ready: {withn: 1s}", "ready does not know the key 'withn'"},
        {"sleep: 0s", "'0s' is no time at all"},
        {"sleep: {}", "a mapping is not a duration"},
        {"during: {sleep: 1s}", "a step 'during' has no 'do'"},
        {"during: []\n  do: [sleep: 1s]", "the list of steps is empty"},
        {"during: {sleep: 1s}\n  do: {sleep: 1s}", "a mapping stands where a list of steps is wanted"},
        {"repeat: {steps: [sleep: 1s]}", "repeat has none of 'times', 'for'"},
        {"repeat: {times: 2, for: 1s, steps: [sleep: 1s]}", "'for' stands beside 'times': one or the other"},
        {"repeat: {times: 2}", "repeat has no 'steps'"},
        {"sleep: 1s\n  do: []", "a step 'sleep' does not know the key 'do'"},
    }));
    const StepsText read{"- " + step};
    INFO(read.said());
    REQUIRE(read.diagnostics.all().size() >= 1);
    CHECK(read.diagnostics.all().front().message.starts_with(message));
}

TEST_CASE("a step knows its name, its place and how long it may take", "[scenarios]") {
    const auto [step, name, seconds] = GENERATE(table<std::string, std::string, int>({
        {"http: \"http://localhost:80/a?token=x\"", "http GET http://localhost:80/a", 40},
        {"http: {url: \"http://localhost/\", for: 5s, timeout: 2s, body: x}", "http POST http://localhost/", 8},
        {"http: {url: \"http://localhost/\", count: 9, within: 3s}", "http GET http://localhost/", 3},
        {"http: {url: \"http://localhost/\", count: 1000, rate: 10}", "http GET http://localhost/", 140},
        {"tls: {connect: \"localhost:443\"}", "tls handshake localhost:443", 40},
        {"tls: {connect: \"[::1]:443\", do: [resume, cut], within: 3s}", "tls resume, cut [::1]:443", 3},
        {"tcp: {connect: \"localhost:80\", connections: 9, do: [hold: 5s]}", "tcp localhost:80 x9", 25},
        {"tcp: {connect: \"localhost:80\", send_rate: 10, do: [send_bytes: 300, expect: a]}", "tcp localhost:80", 70},
        {"signal: SIGHUP", "signal SIGHUP", 1},
        {"signal: {send: SIGRTMIN+2, times: 11, every: 200ms}", "signal SIGRTMIN+2 x11", 3},
        {"exec: [/bin/true, a]", "exec true", 30},
        {"ready: {}", "ready", 10},
        {"ready: {tcp: \"[::1]:80\", within: 4s}", "ready [::1]:80", 4},
        {"{sleep: 10m, name: cache loader}", "cache loader", 600},
        {"repeat: {times: 3, steps: [exec: [a], signal: SIGHUP]}", "repeat x3", 93},
        {"repeat: {times: 1000000, steps: [repeat: {times: 1000000, steps: [sleep: 160h]}]}", "repeat x1000000",
         604'800},
    }));
    const auto built = build_step(step);
    CHECK(built->name() == name);
    CHECK(std::chrono::duration_cast<std::chrono::seconds>(built->limit()).count() == seconds);
}

TEST_CASE("a program that is not there is a warning when a plan is checked", "[scenarios]") {
    const StepsText read{"- exec: [no-such-program]\n- exec: [sh]\n- exec: [./made-later]", {"/usr/bin:/bin", {}}};
    CHECK(read.steps.size() == 3);
    CHECK(
        read.said() ==
        R"(plan.yaml:1:10: warning: no program 'no-such-program' on PATH (/usr/bin:/bin); install it, or set PATH in the workload's env
  1 | - exec: [no-such-program]
    |          ^~~~~~~~~~~~~~~
)");
}

TEST_CASE("every example of the README can be built", "[scenarios]") {
    const auto readme = core::read_file(std::string{CALLGATE_SOURCE_DIR} + "/scenarios/README.md");
    REQUIRE(readme);
    const std::map<std::string, std::string> variables{
        {"port.http", "1"}, {"port.inspector", "4"}, {"port.https", "2"}, {"port.redis", "3"}, {"workdir", "/workdir"}};
    const std::string open = "```yaml\n";
    std::set<std::string> shown;
    for (auto at = readme->find(open); at != std::string::npos; at = readme->find(open, at + 1)) {
        const auto begin = at + open.size();
        const auto text = readme->substr(begin, readme->find("```", begin) - begin);
        INFO(text);
        core::Diagnostics diagnostics;
        if (text.starts_with("name:")) {
            const auto source = std::make_shared<const core::SourceText>(core::SourceText{"README.md", text});
            CHECK(read_library_scenario(source, diagnostics).has_value());
        } else {
            auto nodes = parse_node(text, diagnostics).items;
            for (auto& node : nodes) {
                node = document::expand(node, variables, diagnostics);
                shown.insert(node.members.front().key);
            }
            CHECK(build_steps(nodes, diagnostics).size() == nodes.size());
        }
        CHECK(core::render(diagnostics).empty());
    }
    CHECK(shown.size() == step_kinds().size());
}

}  // namespace callgate::scenarios
