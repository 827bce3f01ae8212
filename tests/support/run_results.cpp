#include "tests/support/run_results.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

namespace callgate::tests {

namespace {

using core::Milliseconds;
using model::CaseResult;
using model::Mode;
using model::Outcome;
using model::ProcessEnd;
using model::RunResult;
using model::StepResult;
using model::Violation;

RunResult plain_run() {
    RunResult run;
    run.version = "0.1.0";
    run.started_at = "2026-01-31T12:00:00";
    run.kernel = "6.1.0-18-amd64";
    run.machine = "x86_64";
    run.command = {"callgate", "test", "plan.yaml"};
    run.directory = "/home/ci/nginx";
    run.plan = "plan.yaml";
    run.inputs = {{"plan.yaml", std::string(64, 'a')}, {"nginx.json", std::string(64, 'b')}};
    run.duration = Milliseconds{14'200};
    return run;
}

CaseResult case_of(Mode mode, const std::string& scenario, Outcome outcome, int milliseconds) {
    CaseResult c;
    c.workload = "nginx";
    c.profile = "nginx.json";
    c.mode = mode;
    c.scenario = scenario;
    c.name = fmt::format("{} / {} / {}", c.profile, model::mode_name(mode), scenario);
    c.outcome = outcome;
    c.duration = Milliseconds{milliseconds};
    c.place = {"plan.yaml", scenario == "load" ? 18U : scenario == "reload-under-load" ? 21U : 4U, 5};
    return c;
}

Violation violation_of(const std::string& syscall, int nr, std::uint64_t count, const std::string& decoded,
                       const std::string& phase) {
    Violation v;
    v.syscall = syscall;
    v.nr = nr;
    v.arch = "x86_64";
    v.count = count;
    v.action = "ERRNO(EPERM)";
    v.error = EPERM;
    v.args = {"0x7ffd3c2a1e40", "0x1c0", "0x0", "0x0", "0x0", "0x0"};
    v.decoded = decoded;
    v.pid = 4711;
    v.tid = 4711;
    v.comm = "nginx";
    v.exe = "/usr/sbin/nginx";
    v.phase = phase;
    v.at_ms = 12;
    v.rule = {"nginx.json", 2, 3};
    v.fix = fmt::format("add \"{}\" to the names of the rule at nginx.json:12", syscall);
    return v;
}

void refuse(CaseResult& c, Violation violation) {
    c.refused.push_back({violation.arch, violation.syscall, violation.nr, violation.count});
    c.violations.push_back(std::move(violation));
}

StepResult step_of(const std::string& name, Outcome outcome, int milliseconds) {
    StepResult step;
    step.name = name;
    step.outcome = outcome;
    step.duration = Milliseconds{milliseconds};
    step.place = {"plan.yaml", 23, 9};
    return step;
}

Violation expected_probe() {
    auto probe = violation_of("io_uring_setup", 425, 2, "io_uring_setup(64, 0x7ffd3c2a1e40)", "startup");
    probe.action = "ERRNO(ENOSYS)";
    probe.error = ENOSYS;
    probe.expected = "libuv probes it and falls back";
    return probe;
}

Violation mkdir_of(Mode mode, const std::string& phase, std::uint64_t count) {
    auto v = violation_of("mkdir", 83, count, "mkdir(\"/var/lib/nginx/body\", 0700)", phase);
    v.happened = mode != Mode::log;
    v.returned = v.happened ? "-1 EPERM (Operation not permitted)" : "0";
    v.exact_rule = R"({"names": ["mkdir"], "action": "SCMP_ACT_ALLOW", )"
                   R"("args": [{"index": 1, "value": 448, "op": "SCMP_CMP_EQ"}]})";
    v.stack = {{"/usr/lib/x86_64-linux-gnu/libc.so.6", "mkdir", 0xf8e57, "", 0},
               {"/usr/sbin/nginx", "ngx_create_paths", 0x41c2a, "src/core/ngx_file.c", 612},
               {"/usr/sbin/nginx", "", 0x2b8d0, "", 0}};
    return v;
}

CaseResult violated_startup(Mode mode) {
    auto c = case_of(mode, "startup", Outcome::violated, 412);
    const bool log = mode == Mode::log;
    c.reasons = {log ? "mkdir, prctl and setgid would be refused" : "mkdir and setgid are refused"};
    refuse(c, mkdir_of(mode, "startup", 5));
    if (log) {
        auto prctl = violation_of("prctl", 157, 1, "prctl(PR_SET_DUMPABLE, 1)", "startup");
        prctl.exact_rule = R"({"names": ["prctl"], "action": "SCMP_ACT_ALLOW", )"
                           R"("args": [{"index": 0, "value": 4, "op": "SCMP_CMP_EQ"}, )"
                           R"({"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]})";
        // A deep one: programs that recurse are as common as others.
        prctl.stack.assign(20, {"/usr/sbin/nginx", "ngx_walk_tree", 0x3c0de, "src/core/ngx_file.c", 1091});
        refuse(c, std::move(prctl));
    }
    auto setgid = violation_of("setgid", 106, log ? 2 : 9, "setgid(33)", "startup");
    setgid.happened = !log;
    setgid.tid = 4712;
    refuse(c, std::move(setgid));
    c.steps = {step_of("ready", Outcome::passed, 200)};
    return c;
}

}  // namespace

RunResult passing_run() {
    auto run = plain_run();
    for (const auto mode : {Mode::log, Mode::error}) {
        auto startup = case_of(mode, "startup", Outcome::passed, 310);
        startup.refused = {{"x86_64", "io_uring_setup", 425, 2}};
        startup.expected = {expected_probe()};
        startup.expected.front().happened = mode == Mode::error;
        auto load = case_of(mode, "load", Outcome::passed, 5'021);
        load.steps = {step_of("http GET http://127.0.0.1:8080/", Outcome::passed, 5'000)};
        load.steps.front().metrics = {{"requests", 40'120}, {"requests_per_second", 8'024}, {"latency_p99_ms", 2.5}};
        load.steps.front().latency = {{0.255, 31'000}, {1.023, 8'900}, {2.559, 220}};
        auto shutdown = case_of(mode, "shutdown", Outcome::passed, 95);
        shutdown.end = ProcessEnd{ProcessEnd::Kind::exited, 0};
        run.cases.insert(run.cases.end(), {startup, load, shutdown});
    }
    return run;
}

RunResult violated_run() {
    auto run = plain_run();
    run.cases = {violated_startup(Mode::log),
                 case_of(Mode::log, "load", Outcome::passed, 5'021),
                 case_of(Mode::log, "reload-under-load", Outcome::violated, 2'250),
                 violated_startup(Mode::error),
                 case_of(Mode::error, "load", Outcome::expectation_missed, 5'034),
                 case_of(Mode::error, "reload-under-load", Outcome::skipped, 0),
                 case_of(Mode::enforce, "startup", Outcome::passed, 290)};
    auto& reload = run.cases[2];
    reload.reasons = {"mkdir would be refused"};
    refuse(reload, mkdir_of(Mode::log, "reload-under-load", 3));

    auto& load = run.cases[4];
    load.reasons = {"http GET http://127.0.0.1:8080/: 812 of 4,012 answers had status 500, wanted 200",
                    "the workers run as root, in baseline as www-data"};
    load.steps = {step_of("http GET http://127.0.0.1:8080/", Outcome::expectation_missed, 5'000)};
    load.steps.front().message = "812 of 4,012 answers had status 500, wanted 200";
    load.steps.front().metrics = {{"requests", 4'012}, {"errors", 812}};
    load.notes = {"the first request was tried twice"};
    load.log_tail =
        "2026/01/31 12:00:01 [emerg] 4711#4711: mkdir() \"/var/lib/nginx/body\" failed (1: Operation not permitted)\n"
        "2026/01/31 12:00:01 [crit] 4712#4712: *1 open() \"/var/lib/nginx/body/0000000001\" failed\n";
    run.cases[5].reasons = {"the instance was gone after load"};

    model::Proposal proposal;
    proposal.profile = "nginx.json";
    proposal.added = {"mkdir", "prctl", "setgid"};
    proposal.notes = {"setgid changes who the process runs as: permit it only before the privileges are dropped"};
    proposal.text = "{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\"\n}\n";
    proposal.diff =
        "--- nginx.json\n+++ nginx.json\n@@ -12,3 +12,6 @@\n       \"names\": [\n         \"lseek\",\n"
        "+        \"mkdir\",\n+        \"prctl\",\n+        \"setgid\",\n         \"mmap\",\n";
    run.proposals = {proposal};
    return run;
}

RunResult setup_failed_run() {
    auto run = plain_run();
    run.duration = Milliseconds{35};
    run.cases = {case_of(Mode::log, "startup", Outcome::setup_failed, 12),
                 case_of(Mode::log, "load", Outcome::skipped, 0)};
    run.cases[0].reasons = {
        "ptrace of a child is not permitted here (errno 1); run the container with --cap-add SYS_PTRACE "
        "or set kernel.yama.ptrace_scope to 1"};
    run.cases[1].reasons = {"startup did not pass"};
    return run;
}

RunResult interrupted_run() {
    auto run = plain_run();
    run.interrupted_by = SIGTERM;
    run.cases = {case_of(Mode::log, "startup", Outcome::passed, 310), case_of(Mode::log, "load", Outcome::skipped, 0),
                 case_of(Mode::log, "shutdown", Outcome::skipped, 0)};
    run.cases[1].reasons = {"interrupted"};
    run.cases[2].reasons = {"interrupted"};
    run.notes = {"every process of the workload is gone"};
    return run;
}

RunResult single_command_run() {
    auto run = plain_run();
    run.plan.clear();
    run.inputs = {{"p.json", std::string(64, 'c')}};
    run.command = {"callgate", "run", "--profile", "p.json", "--mode", "errno", "--", "./server"};
    run.duration = Milliseconds{750};
    auto c = case_of(Mode::error, "run", Outcome::violated, 740);
    c.name = "run";
    c.workload = "./server";
    c.profile = "p.json";
    c.place = {};
    c.end = ProcessEnd{ProcessEnd::Kind::signaled, SIGSEGV};
    auto v = violation_of("clone3", 435, 1, "clone3({flags=CLONE_VM|CLONE_THREAD}, 88)", "run");
    v.happened = true;
    v.comm = v.exe = "server";
    v.returned = "-1 EPERM (Operation not permitted)";
    v.stack = {{"/usr/lib/x86_64-linux-gnu/libc.so.6", "__clone_internal", 0x104ae0, "", 0},
               {"/opt/server", "start_workers(std::vector<int>)", 0x2f10, "/build/server/src/workers.cpp", 88},
               {"", "", 0x7f3a12004000, "", 0}};
    v.rule = {"p.json", 2, 3};
    v.fix = "add \"clone3\" to the names of the rule at p.json:4";
    refuse(c, std::move(v));
    run.cases = {c};
    model::Proposal proposal;
    proposal.profile = "p.json";
    proposal.added = {"clone3"};
    proposal.diff =
        "--- p.json\n+++ p.json\n@@ -4,1 +4,1 @@\n-  \"names\": [\"read\"]\n+  \"names\": [\"read\", \"clone3\"]\n";
    proposal.text = "{}\n";
    run.proposals = {proposal};
    return run;
}

RunResult hostile_run() {
    const std::string nasty = std::string{"\x1b[31m]]>&<b>|`@team`\n::error::x\r##[error]y ##vso[task.complete]"} +
                              std::string(1, '\0') + "\xe2\x80\xae\xff\xed\xa0\x80\xe2\x80\xa8\x07\"'</script>";
    auto run = plain_run();
    run.command = {"callgate", nasty};
    run.directory = nasty;
    run.plan = nasty;
    run.inputs = {{nasty, std::string(64, 'd')}};
    run.notes = {nasty};
    for (const auto mode : {Mode::log, Mode::error}) {
        auto c = case_of(mode, nasty, Outcome::expectation_missed, 10);
        c.workload = nasty;
        c.profile = nasty;
        c.name = nasty;  // twice the same, which the engine promises not to do
        c.place = {nasty, 3, 1};
        c.reasons = {nasty, "\n\n::warning::two"};
        c.notes = {nasty};
        auto v = violation_of("mkdir", 83, 1, nasty, nasty);
        v.comm = v.exe = v.step = v.fix = v.returned = v.exact_rule = nasty;
        v.rule = {nasty, 1, 1};
        v.stack = {{nasty, nasty, 1, nasty, 1}, {nasty, nasty, 2, "", -1}, {nasty, "", 3, nasty, 0}};
        refuse(c, std::move(v));
        auto step = step_of(nasty, Outcome::expectation_missed, 1);
        step.message = nasty;
        step.place = {nasty, 9, 9};
        c.steps = {step};
        c.log_tail = "::error::injected\n\xe3\x80\x80::error::behind a wide blank\n```\n" + nasty;
        run.cases.push_back(c);
    }
    model::Proposal proposal;
    proposal.profile = "../../etc/passwd\n" + nasty;
    proposal.added = {"mkdir"};
    proposal.notes = {nasty};
    proposal.text = "{}\n";
    proposal.diff = "--- a\n+++ a\n@@ -1 +1 @@\n-```\n+````" + nasty + "\n";
    proposal.complete = false;
    run.proposals = {proposal};
    return run;
}

RunResult crowded_run() {
    constexpr int kViolations = 10'000;
    constexpr int kSyscalls = 300;
    auto run = plain_run();
    auto c = case_of(Mode::log, "load", Outcome::violated, 60'000);
    for (int i = 0; i < kViolations; ++i) {
        auto v = violation_of(fmt::format("syscall {}", 1000 + i % kSyscalls), 1000 + i % kSyscalls, 1,
                              fmt::format("syscall({}, {:#x}, {:#x})", 1000 + i % kSyscalls, i, i * 4096), "load");
        v.stack.assign(20, {"/usr/lib/libjit.so", "", static_cast<std::uint64_t>(i) * 16, "", 0});
        c.violations.push_back(std::move(v));
    }
    for (int i = 0; i < kSyscalls; ++i) {
        const auto count = static_cast<std::uint64_t>(kViolations / kSyscalls + (i < kViolations % kSyscalls ? 1 : 0));
        c.refused.push_back({"x86_64", fmt::format("syscall {}", 1000 + i), 1000 + i, count});
    }
    run.cases = {std::move(c)};
    return run;
}

model::RunResult covered_run() {
    auto run = passing_run();
    model::Coverage coverage{"p.json", "", {"startup", "load", "shutdown"}, {}};
    coverage.permissions = {{"read", "", {"p.json", 4, 9}, {{"startup", 3}, {"load", 5}}, 0},
                            {"socket", "arg0 == 1", {"p.json", 5, 9}, {}, 2},
                            {"mount", "", {"p.json", 6, 9}, {}, 0}};
    run.coverage = {coverage, {"q.json", "the recorder 'bpf': not permitted", {}, {}}};
    return run;
}

RunResult huge_run() {
    constexpr int kCases = 1000;
    constexpr int kEach = 10;
    auto run = plain_run();
    for (int i = 0; i < kCases; ++i) {
        auto c = case_of(Mode::log, fmt::format("scenario-{}", i), Outcome::violated, 1'000 + i);
        c.reasons = {fmt::format("{} system calls would be refused", kEach), std::string(400, 'r')};
        c.notes = {fmt::format("note {} {}", i, std::string(300, 'n'))};
        c.steps = {step_of("http GET http://127.0.0.1:8080/", Outcome::passed, 900)};
        c.steps.front().latency = {{0.255, 31'000}, {1.023, 8'900}, {2.559, 220}};
        for (int line = 0; line < 100; ++line)
            c.log_tail += fmt::format("line {} of a log: {}\n", line, std::string(80, 'l'));
        for (int j = 0; j < kEach; ++j) {
            const int number = 1000 + i * kEach + j;  // each of them a finding of its own
            auto v = violation_of(fmt::format("syscall {}", number), number, 1,
                                  fmt::format("syscall({}, {:#x})", number, j), c.scenario);
            v.at_ms = j * 100;
            v.stack.assign(20, {"/usr/lib/libjit.so", "", static_cast<std::uint64_t>(number) * 16, "", 0});
            refuse(c, std::move(v));
        }
        run.cases.push_back(std::move(c));
    }
    return run;
}

std::vector<NamedRun> golden_runs() {
    return {{"passing", passing_run()},         {"covered", covered_run()},
            {"violated", violated_run()},       {"setup_failed", setup_failed_run()},
            {"interrupted", interrupted_run()}, {"single_command", single_command_run()},
            {"hostile", hostile_run()}};
}

}  // namespace callgate::tests
