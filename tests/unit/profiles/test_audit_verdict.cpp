// Which of the recorded refusals are a profile's, and what is proposed for them.
#include "profiles/audit_report.h"
#include "profiles/audit_verdict.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

using model::ActionKind;
using Kind = AuditVerdict::Kind;

constexpr auto kProfile = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": ["SCMP_ARCH_X86_64"],
  "syscalls": [
    {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
     "args": [{"index": 0, "value": 268435456, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]},
    {"names": ["ptrace"], "action": "SCMP_ACT_KILL_PROCESS"},
    {"names": ["getpid"], "action": "SCMP_ACT_LOG"}
  ]
}
)";

Filter filter_of(const std::string& text) {
    auto filter = Filter::of(profile_of(text));
    if (!filter) FAIL(filter.error().message);
    return std::move(*filter);
}

AuditFinding finding(const std::string& name, std::optional<ActionKind> action, const std::string& arch = "x86_64") {
    AuditFinding found;
    found.call = call_of(arch, name);
    found.action = action;
    found.seen.count = 1;
    found.programs.push_back({"/srv/worker", "worker", found.seen});
    return found;
}

std::string words(const std::string& name, std::optional<ActionKind> action, const std::string& arch = "x86_64") {
    const auto filter = filter_of(kProfile);
    const auto found = finding(name, action, arch);
    return verdict_words(filter, found, judge(filter, found));
}

AuditRepair repair_of(const std::string& text, const std::vector<AuditFinding>& findings) {
    const auto filter = filter_of(text);
    std::vector<AuditVerdict> verdicts;
    for (const auto& found : findings) verdicts.push_back(judge(filter, found));
    return repair(filter, findings, verdicts);
}

}  // namespace

TEST_CASE("a refusal is laid to the rule that answers so", "[profiles]") {
    CHECK(words("mkdir", ActionKind::error) == "p.json:2 (default action)");
    CHECK(words("ptrace", ActionKind::kill_process) == "p.json:8");
    CHECK(words("getpid", ActionKind::log) == "p.json:9");
    CHECK(words("mkdir", ActionKind::kill_thread, "i386") == "an architecture that p.json does not list");
    CHECK(words("mkdir", std::nullopt) == "p.json:2 (default action)");
}

TEST_CASE("a refusal that depends on arguments is laid to the rule only with them", "[profiles]") {
    CHECK(words("clone", ActionKind::error) ==
          "p.json:2 (default action), when flags with CLONE_NEWUSER; the arguments are not in the records");
}

TEST_CASE("what was logged and would be refused is said with the answer", "[profiles]") {
    CHECK(words("mkdir", ActionKind::log) == "p.json would refuse it with ERRNO(EPERM): p.json:2 (default action)");
    CHECK(words("read", ActionKind::log) == "p.json permits it: p.json:5");
}

TEST_CASE("what the profile answers otherwise is another filter's", "[profiles]") {
    CHECK(words("read", ActionKind::error) ==
          "not p.json, which permits it (p.json:5): another profile, or another filter");
    CHECK(words("mkdir", ActionKind::kill_process) ==
          "not p.json, which answers ERRNO(EPERM) (p.json:2 (default action)): another profile, or another filter");
}

TEST_CASE("only what was logged and is permitted is no finding", "[profiles]") {
    const auto filter = filter_of(kProfile);
    const auto counts = [&](const std::string& name, ActionKind action) {
        const auto found = finding(name, action);
        return judge(filter, found).counts(found);
    };
    CHECK_FALSE(counts("read", ActionKind::log));
    CHECK(counts("read", ActionKind::error));
    CHECK(counts("getpid", ActionKind::log));
    CHECK(counts("mkdir", ActionKind::log));
}

TEST_CASE("what the profile refused or would refuse is proposed, each call once", "[profiles]") {
    const auto repaired = repair_of(kProfile, {finding("mkdir", ActionKind::error), finding("mkdir", ActionKind::log),
                                               finding("rmdir", ActionKind::log)});
    CHECK(repaired.proposal.complete);
    CHECK(repaired.proposal.added == std::vector<std::string>{"mkdir", "rmdir"});
    CHECK(repaired.left.empty());
    const auto filter = filter_of(repaired.proposal.text);
    for (const auto* name : {"mkdir", "rmdir"}) CHECK(filter.answer(call_of("x86_64", name)).kind == ActionKind::allow);
}

TEST_CASE("nothing is proposed that is wider than what was refused", "[profiles]") {
    const auto repaired = repair_of(kProfile, {finding("clone", ActionKind::error)});
    CHECK(repaired.proposal.diff.empty());
    REQUIRE(repaired.left.size() == 1);
    CHECK(repaired.left[0] ==
          "clone on x86_64: the rule at p.json:6 depends on its arguments, which no record has: a rule without them "
          "would permit more than was refused. `callgate test` in log mode shows the arguments");
}

TEST_CASE("nothing is proposed for another filter's refusals", "[profiles]") {
    const auto repaired =
        repair_of(kProfile, {finding("read", ActionKind::error), finding("mkdir", ActionKind::kill_process)});
    CHECK(repaired.proposal.diff.empty());
    CHECK(repaired.left.empty());
}

TEST_CASE("a profile that logs by default gets the names of what it logged", "[profiles]") {
    const std::string text = R"({
  "defaultAction": "SCMP_ACT_LOG",
  "syscalls": [
    {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"},
    {"names": ["getpid"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}
  ]
}
)";
    const auto repaired = repair_of(text, {finding("mkdir", ActionKind::log), finding("ptrace", ActionKind::error),
                                           finding("getpid", ActionKind::log)});
    CHECK(repaired.proposal.complete);
    CHECK(repaired.proposal.added == std::vector<std::string>{"mkdir", "ptrace"});
    CHECK(repaired.left.size() == 1);
    const auto filter = filter_of(repaired.proposal.text);
    CHECK(filter.answer(call_of("x86_64", "mkdir")).kind == ActionKind::allow);
    CHECK(filter.answer(call_of("x86_64", "rmdir")).kind == ActionKind::log);
}

TEST_CASE("a rule that logs on purpose is left alone", "[profiles]") {
    const auto repaired = repair_of(kProfile, {finding("getpid", ActionKind::log)});
    CHECK(repaired.proposal.diff.empty());
    CHECK(repaired.left == std::vector<std::string>{"getpid on x86_64: p.json:9 logs it and permits it"});
}

TEST_CASE("an architecture is added where a record is of another one, and that is said", "[profiles]") {
    const auto repaired = repair_of(kProfile, {finding("mkdir", ActionKind::kill_thread, "i386")});
    CHECK(repaired.proposal.complete);
    REQUIRE(repaired.proposal.notes.size() == 1);
    CHECK(repaired.proposal.notes[0].find("SCMP_ARCH_X86 is added to the architectures") == 0);
}

TEST_CASE("a compiled filter is asked and not repaired", "[profiles]") {
    const auto of_profile = filter_of(kProfile);
    const Filter filter{"f.bpf", of_profile.program()};
    const auto found = finding("mkdir", ActionKind::error);
    const auto verdict = judge(filter, found);
    CHECK(verdict.kind == Kind::by_profile);
    CHECK(verdict_words(filter, found, verdict) == "f.bpf");
    const std::vector findings{found};
    const std::vector verdicts{verdict};
    CHECK(repair(filter, findings, verdicts).left.size() == 1);
}

TEST_CASE("text from a log stays text in every form", "[profiles]") {
    auto found = finding("mkdir", ActionKind::error);
    found.programs[0].exe = "/tmp/`a`|\x1b[31m\n| b";
    AuditLog log;
    log.sources = {"a.log"};
    log.lines = 1;
    log.records.count = 1;
    log.findings = {found};
    const AuditReport report{log, false, std::nullopt};
    for (const auto& text : {render_text(report), render_markdown(report), render_json(report)}) {
        INFO(text);
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find("\n| b") == std::string::npos);
        CHECK(text.find("31m") != std::string::npos);
    }
    CHECK(render_markdown(report).find("`/tmp/'a'\\|") != std::string::npos);
}

}  // namespace callgate::profiles
