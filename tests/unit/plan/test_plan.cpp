#include "harness/plan/plan.h"
#include "tests/unit/plan/plan_text.h"

#include <catch2/catch.hpp>

namespace callgate::plan {

TEST_CASE("a whole plan is read", "[plan]") {
    const PlanText read{R"(version: 1
name: nginx
workload:
  command: [nginx, -p, "${workdir}"]
  ports: [http, https]
  ready: {http: "http://127.0.0.1:${port.http}/", within: 10s}
profile: [nginx.json, "${plan.dir}/strict.json"]
modes: [log, enforce]
expect:
  refused:
    - {syscall: io_uring_setup, reason: "libuv falls back", until: 2027-01-31}
scenarios:
  - use: load
    with: {url: "http://127.0.0.1:${port.http}/", for: 5s}
  - name: gc-pressure
    tags: [slow]
    within: 90s
    workload: {env: {GOGC: "1"}}
    steps:
      - sleep: 1s
)"};
    REQUIRE(read.said().empty());
    const auto& plan = read.plan.value();
    CHECK(plan.name == "nginx");
    CHECK(plan.ports == std::vector<std::string>{"http", "https"});
    CHECK(plan.directory == "/plans");
    REQUIRE(plan.profiles.size() == 2);
    CHECK(plan.profiles[0].path == "nginx.json");
    CHECK(plan.profiles[1].path == "/plans/strict.json");
    CHECK(plan.modes == std::vector<model::Mode>{model::Mode::log, model::Mode::enforce});
    REQUIRE(plan.expected.size() == 1);
    CHECK(plan.expected[0].syscall == "io_uring_setup");
    CHECK(plan.expected[0].until == "2027-01-31");
    CHECK(plan.expected[0].place.line == 11);
    REQUIRE(plan.scenarios.size() == 2);
    CHECK(plan.scenarios[0].name == "load");
    CHECK(plan.scenarios[0].with.at("for").scalar == "5s");
    CHECK(plan.scenarios[1].within == core::Milliseconds{90'000});
    CHECK(plan.scenarios[1].steps.size() == 1);
    CHECK(plan.scenarios[1].workload_override.has_value());
    CHECK(plan.scenarios[1].tags == std::vector<std::string>{"slow"});
    CHECK(plan.scenarios[1].place.line == 15);
}

TEST_CASE("without modes a plan asks for log, errno and enforce", "[plan]") {
    const PlanText read{kStart + kWorkload};
    REQUIRE(read.said().empty());
    CHECK(read.plan->modes == std::vector<model::Mode>{model::Mode::log, model::Mode::error, model::Mode::enforce});
    CHECK(read.plan->profiles.empty());
}

TEST_CASE("every mistake of a plan is reported in one go", "[plan]") {
    const PlanText read{R"(version: 2
name: nginx
workload:
  command: []
  stop: {signal: SIGQUT, within: 10 s}
  user: ${env.NOBODY}
modes: [log, audit]
expect:
  refused:
    - {syscall: openatt, reason: typo}
    - {syscall: clone3, reason: falls back, until: 2027-02-30}
scenarios:
  - {name: reload, steps: [sleep: 1s]}
  - name: reload
    use: load
    steps: [sleep: 1s]
scenaros: []
)"};
    CHECK(read.said() == R"(plan.yaml:1:10: error: '2' is not a version of the plan format
  1 | version: 2
    |          ^
    = hint: this callgate reads version 1
plan.yaml:4:12: error: the command is empty
  4 |   command: []
    |            ^
    = hint: a program and its arguments, as [nginx, -c, nginx.conf]
plan.yaml:5:18: error: 'SIGQUT' is not a signal
  5 |   stop: {signal: SIGQUT, within: 10 s}
    |                  ^~~~~~
    = hint: did you mean 'SIGQUIT'?
plan.yaml:5:34: error: '10 s' is not a duration
  5 |   stop: {signal: SIGQUT, within: 10 s}
    |                                  ^~~~
    = hint: a whole number and a unit: 500ms, 10s, 2m, 1h
plan.yaml:6:9: error: unknown variable '${env.NOBODY}'
  6 |   user: ${env.NOBODY}
    |         ^~~~~~~~~~~~~
    = hint: set NOBODY in the environment of callgate
plan.yaml:7:14: error: 'audit' is not a mode
  7 | modes: [log, audit]
    |              ^~~~~
    = hint: one of baseline, log, errno, enforce
plan.yaml:10:17: error: 'openatt' is not a system call
  10 |     - {syscall: openatt, reason: typo}
     |                 ^~~~~~~
    = hint: did you mean 'openat'?
plan.yaml:11:52: error: '2027-02-30' is not a date
  11 |     - {syscall: clone3, reason: falls back, until: 2027-02-30}
     |                                                    ^~~~~~~~~~
    = hint: year, month and day, as 2027-01-31
plan.yaml:14:11: error: two scenarios are called 'reload'
  14 |   - name: reload
     |           ^~~~~~
    = hint: it stands already in line 13; give this one a 'name' of its own
plan.yaml:16:5: error: 'steps' stands beside 'use': a scenario has one or the other
  16 |     steps: [sleep: 1s]
     |     ^~~~~
plan.yaml:17:1: error: a plan does not know the key 'scenaros'
  17 | scenaros: []
     | ^~~~~~~~
    = hint: did you mean 'scenarios'?
)");
    CHECK(read.plan.has_value());
}

TEST_CASE("mistakes in the frame of a plan", "[plan]") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"[]", "1:1: error: a list stands where a plan is wanted"},
        {"name: demo\n" + kWorkload, "1:1: error: a plan has no 'version'"},
        {"version: 1.0\nname: demo\n" + kWorkload, "1:10: error: '1.0' is not a version of the plan format"},
        {"version: 1\n" + kWorkload, "1:1: error: a plan has no 'name'"},
        {"version: 1\nname: a/b\n" + kWorkload, "2:7: error: 'a/b' cannot be a name"},
        {kStart, "1:1: error: a plan has no 'workload'"},
        {kStart + "workload: demo", "3:11: error: 'demo' stands where workload is wanted"},
        {kStart + kWorkload + "profile: []", "4:10: error: the list of profiles is empty"},
        {kStart + kWorkload + "profile: [a, a]", "4:14: error: profile 'a' stands in the list twice"},
        {kStart + kWorkload + "profile: \"${port.http}\"", "4:10: error: unknown variable '${port.http}'"},
        {kStart + kWorkload + "modes: []", "4:8: error: the list of modes is empty"},
        {kStart + kWorkload + "modes: log", "4:8: error: 'log' stands where a list of strings is wanted"},
        {kStart + kWorkload + "modes: [log, log]", "4:14: error: mode 'log' stands in the list twice"},
        {kStart + kWorkload + "expect: {refused: {syscall: bpf}}",
         "4:19: error: a mapping stands where a list is wanted"},
        {kStart + kWorkload + "expect: {refused: [{syscall: bpf}]}",
         "4:20: error: an expected refusal has no 'reason'"},
        {kStart + kWorkload + "expect: {refused: [{syscall: bpf, reason: \"\"}]}",
         "4:43: error: an empty string stands"},
        {kStart + kWorkload + "expect: {refused: [{syscall: bpf, reason: a}, {syscall: bpf, reason: b}]}",
         "4:47: error: system call 'bpf' is expected twice"},
        {kStart + kWorkload + "scenarios: {}", "4:12: error: a mapping stands where a list of scenarios is wanted"},
        {kStart + kWorkload + "scenarios: [{steps: [sleep: 1s]}]", "4:13: error: a scenario has no 'name'"},
        {kStart + kWorkload + "scenarios: [{name: a}]", "4:13: error: a scenario has none of 'use', 'steps'"},
        {kStart + kWorkload + "scenarios: [{name: a, steps: []}]", "4:30: error: the list of steps is empty"},
        {kStart + kWorkload + "scenarios: [{name: shutdown, use: load}]",
         "4:20: error: 'shutdown' is the name of a phase"},
        {kStart + kWorkload + "scenarios: [{name: a, steps: [sleep: 1s], with: {a: b}}]",
         "4:43: error: 'with' stands without 'use'"},
        {kStart + kWorkload + "scenarios: [{use: load, within: 0s}]", "4:33: error: '0s' is no time at all"},
        {kStart + kWorkload + "scenarios: [{use: load, workload: x}]",
         "4:35: error: 'x' stands where a workload override is wanted"},
        {kStart + kWorkload + "scenarios: [{use: load, workload: {ports: [a]}}]",
         "4:36: error: a scenario cannot change the ports"},
        {kStart + kWorkload + "scenarios: [{use: load, workload: {comand: [a]}}]",
         "4:36: error: workload does not know the key 'comand'"},
        {kStart + "workload: {command: [a, \"${port.http}\"]}", "3:25: error: unknown variable '${port.http}'"},
        {kStart + "workload: {command: [a], ports: [http, 1st]}", "3:40: error: '1st' is not a port name"},
        {kStart + "workload: {command: [a], ports: [http, http]}", "3:40: error: 'http' stands in the list twice"},
    }));
    const PlanText read{text};
    INFO(read.said());
    CHECK(read.said().starts_with("plan.yaml:" + message));
}

TEST_CASE("what is wrong with the workload is not said again for every override of it", "[plan]") {
    const PlanText read{kStart + R"(workload: {command: [], env: {A: 1}}
scenarios:
  - {name: a, steps: [sleep: 1s], workload: {env: {B: 2}}}
  - {name: b, steps: [sleep: 1s], workload: {env: {"C D": 2}}}
)"};
    REQUIRE(read.diagnostics.all().size() == 2);
    CHECK(read.diagnostics.all()[0].message == "the command is empty");
    CHECK(read.diagnostics.all()[1].message == "'C D' is not a variable's name");
}

TEST_CASE("the directory of a plan is absolute, since the workload runs elsewhere", "[plan]") {
    const auto directory = GENERATE("", "plans", "./plans/..");
    const PlanText read{kStart + kWorkload, {}, directory};
    CHECK(read.plan->directory.is_absolute());
}

}  // namespace callgate::plan
