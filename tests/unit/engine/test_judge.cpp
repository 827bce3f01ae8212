#include "harness/engine/case_draft.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

constexpr model::Action kEperm{model::ActionKind::error, EPERM};
constexpr std::uint32_t kX86 = 0xC000003E;  // AUDIT_ARCH_X86_64
const core::SteadyTime kLaunched{std::chrono::seconds{100}};

model::Refusal refusal(const std::string& name, int phase, std::uint64_t count = 1,
                       const std::string& module = "/bin/x", std::uint64_t offset = 0x10) {
    model::Refusal refused;
    refused.call = {model::syscall_number(model::Arch{kX86}, name).value(), kX86, 0x401000, {1, 0xff}};
    refused.action = kEperm;
    refused.happened = true;
    refused.count = count;
    refused.phase = phase;
    refused.first_at = kLaunched + core::Milliseconds{1500};
    if (!module.empty()) {
        refused.stack.resize(1);
        refused.stack.front().module = module;
        refused.stack.front().offset = offset;
    }
    return refused;
}

/// A run with one suite and three phases: two steps of case 1 and one of case 2.
struct Court {
    RunPlan plan;
    Suite suite;
    std::vector<Phase> phases{{1, "one"}, {1, "two"}, {2, "other"}};
    CaseDraft draft;
    ports::Gaps gaps;
    std::vector<ports::Note> notes;

    explicit Court(model::Mode mode = model::Mode::error) {
        Candidate candidate;
        candidate.name = "p.json";
        candidate.explain = [](model::Violation& violation) {
            violation.fix = fmt::format("allow {} in {}", violation.syscall, violation.phase);
        };
        plan.workload = "demo";
        suite.candidate = std::make_shared<const Candidate>(std::move(candidate));
        suite.mode = mode;
        draft.scenario = "reload";
    }

    [[nodiscard]] model::CaseResult judge(const std::vector<model::Refusal>& refusals) const {
        return engine::judge({plan, suite, kLaunched, phases}, 1, draft, {refusals, gaps, notes});
    }
};

/// "socket x2 in 'one'" for each.
std::vector<std::string> told(const std::vector<model::Violation>& violations) {
    std::vector<std::string> lines;
    for (const auto& violation : violations) {
        lines.push_back(fmt::format("{} x{} in '{}'", violation.syscall, violation.count, violation.step));
    }
    return lines;
}

std::vector<std::string> totals(const model::CaseResult& result) {
    std::vector<std::string> lines;
    for (const auto& total : result.refused) {
        lines.push_back(fmt::format("{} {} {} x{}", total.arch, total.nr, total.syscall, total.count));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what the application saw of the first refusal is told, and nothing where it never came back", "[engine]") {
    auto seen = refusal("mkdir", 0);
    seen.returned = -EPERM;
    seen.filterable = 2;
    const auto result = Court{}.judge({seen, refusal("chmod", 0)});
    REQUIRE(result.violations.size() == 2);
    CHECK(result.violations[0].returned == "-1 EPERM (Operation not permitted)");
    CHECK(result.violations[0].filterable == 2);
    CHECK(result.violations[1].returned.empty());
}

TEST_CASE("a case without refusals passes with what its draft has", "[engine]") {
    Court court;
    court.draft.place = {"plan.yaml", 7, 5};
    court.draft.duration = core::Milliseconds{42};
    court.draft.notes = {"worth knowing"};
    court.draft.end = model::ProcessEnd{model::ProcessEnd::Kind::exited, 0};
    court.draft.steps.resize(2);
    const auto result = court.judge({});
    CHECK(result.outcome == model::Outcome::passed);
    CHECK(result.name == "p.json / errno / reload");
    CHECK(result.workload == "demo");
    CHECK(result.profile == "p.json");
    CHECK(result.mode == model::Mode::error);
    CHECK(result.scenario == "reload");
    CHECK(result.place.line == 7);
    CHECK(result.duration == core::Milliseconds{42});
    CHECK(result.notes == Lines{"worth knowing"});
    CHECK(result.steps.size() == 2);
    CHECK(result.end == model::ProcessEnd{model::ProcessEnd::Kind::exited, 0});
    CHECK(result.reasons.empty());
    CHECK(result.refused.empty());
}

TEST_CASE("a case without a profile says so in its name", "[engine]") {
    Court court{model::Mode::baseline};
    court.suite.candidate = nullptr;
    const auto result = court.judge({});
    CHECK(result.name == "no profile / baseline / reload");
    CHECK(result.profile.empty());
}

TEST_CASE("a refusal is told in words", "[engine]") {
    Court court;
    auto refused = refusal("socket", 1, 3);
    refused.decoded = "socket(AF_UNIX)";
    refused.pid = 11;
    refused.tid = 12;
    refused.comm = "worker";
    refused.exe = "/bin/x";
    const auto result = court.judge({refused});
    CHECK(result.outcome == model::Outcome::violated);
    REQUIRE(result.violations.size() == 1);
    const auto& violation = result.violations.front();
    CHECK(violation.syscall == "socket");
    CHECK(violation.nr == 41);
    CHECK(violation.arch == "x86_64");
    CHECK(violation.count == 3);
    CHECK(violation.action == "ERRNO(EPERM)");
    CHECK(violation.error == EPERM);
    CHECK(violation.args == Lines{"0x1", "0xff", "0x0", "0x0", "0x0", "0x0"});
    CHECK(violation.decoded == "socket(AF_UNIX)");
    CHECK(violation.happened);
    CHECK(violation.pid == 11);
    CHECK(violation.tid == 12);
    CHECK(violation.comm == "worker");
    CHECK(violation.exe == "/bin/x");
    CHECK(violation.phase == "reload");
    CHECK(violation.step == "two");
    CHECK(violation.at_ms == 1500);
    CHECK(violation.stack.size() == 1);
    CHECK(violation.fix == "allow socket in reload");
    CHECK(violation.expected.empty());
    CHECK(violation.call == refused.call);
}

TEST_CASE("an action without an errno has none", "[engine]") {
    auto refused = refusal("socket", 0);
    refused.action = {model::ActionKind::kill_process, 0};
    const auto result = Court{model::Mode::log}.judge({refused});
    REQUIRE(result.violations.size() == 1);
    CHECK(result.violations.front().action == "KILL_PROCESS");
    CHECK(result.violations.front().error == 0);
}

TEST_CASE("a call site is one violation over all steps of a case", "[engine]") {
    const auto result = Court{}.judge({refusal("socket", 1, 2), refusal("socket", 0, 5), refusal("bind", 0, 1)});
    CHECK(told(result.violations) == Lines{"socket x7 in 'two'", "bind x1 in 'one'"});
}

TEST_CASE("a note belongs to the case in whose phase it was made, and changes no verdict", "[engine]") {
    Court court;
    court.draft.notes = {"of the draft"};
    court.notes = {{0, "a ring was made"}, {1, "a filter was loaded"}, {2, "of another case"}};
    const auto result = court.judge({});
    CHECK(result.notes == std::vector<std::string>{"of the draft", "a ring was made", "a filter was loaded"});
    CHECK(result.outcome == court.draft.outcome);
}

TEST_CASE("refusals of other cases are passed over", "[engine]") {
    const auto result = Court{}.judge({refusal("socket", 2, 9), refusal("bind", 1)});
    CHECK(told(result.violations) == Lines{"bind x1 in 'two'"});
    CHECK(totals(result) == Lines{"x86_64 49 bind x1"});
}

TEST_CASE("another place, module, fate or architecture is another violation of the same total", "[engine]") {
    auto let_through = refusal("socket", 0);
    let_through.happened = false;
    auto x32 = refusal("socket", 0);
    x32.call.nr |= 0x40000000;
    const auto result = Court{}.judge({refusal("socket", 0), refusal("socket", 0, 2, "/bin/x", 0x20),
                                       refusal("socket", 0, 3, "/bin/y"), let_through, x32});
    CHECK(told(result.violations) == Lines{"socket x1 in 'one'", "socket x2 in 'one'", "socket x3 in 'one'",
                                           "socket x1 in 'one'", "socket x1 in 'one'"});
    CHECK(totals(result) == Lines{"x32 1073741865 socket x1", "x86_64 41 socket x7"});
    CHECK(result.reasons == Lines{"the profile refused socket (8 calls)"});
}

TEST_CASE("without a stack the address is the place", "[engine]") {
    auto elsewhere = refusal("socket", 1, 2, "");
    elsewhere.call.instruction_pointer = 0x402000;
    const auto result = Court{}.judge({refusal("socket", 0, 1, ""), elsewhere, refusal("socket", 1, 4, "")});
    CHECK(told(result.violations) == Lines{"socket x5 in 'one'", "socket x2 in 'two'"});
}

TEST_CASE("totals are exact and sorted by name, expected or not", "[engine]") {
    Court court;
    court.plan.expected = {{"socket", "no network"}};
    const auto result = court.judge(
        {refusal("socket", 0, 4), refusal("bind", 0, 1'000'000'000'000), refusal("socket", 0, 3, "/bin/y")});
    CHECK(totals(result) == Lines{"x86_64 49 bind x1000000000000", "x86_64 41 socket x7"});
}

TEST_CASE("what the plan expects is no violation", "[engine]") {
    Court court;
    court.plan.expected = {{"socket", "no network"}, {"ptrace", "never"}};
    const auto all_expected = court.judge({refusal("socket", 0, 4)});
    CHECK(all_expected.outcome == model::Outcome::passed);
    CHECK(all_expected.reasons.empty());
    CHECK(all_expected.violations.empty());
    REQUIRE(all_expected.expected.size() == 1);
    CHECK(all_expected.expected.front().expected == "no network");

    const auto mixed = court.judge({refusal("socket", 0, 4), refusal("bind", 0)});
    CHECK(mixed.outcome == model::Outcome::violated);
    CHECK(told(mixed.violations) == Lines{"bind x1 in 'one'"});
    CHECK(told(mixed.expected) == Lines{"socket x4 in 'one'"});
    CHECK(mixed.reasons == Lines{"the profile refused bind (1 call)"});
}

TEST_CASE("the reason names each call once and counts them all", "[engine]") {
    const std::vector<model::Refusal> refusals{refusal("socket", 0, 2), refusal("bind", 0),
                                               refusal("socket", 0, 1, "/y")};
    CHECK(Court{}.judge(refusals).reasons == Lines{"the profile refused bind, socket (4 calls)"});
    CHECK(Court{model::Mode::log}.judge(refusals).reasons == Lines{"the profile would refuse bind, socket (4 calls)"});
}

TEST_CASE("what could not be seen makes a case incomplete, never better than it was", "[engine]") {
    Court court;
    court.gaps = {"a process escaped", "events were lost"};
    const Lines why{"not everything could be seen: a process escaped",
                    "not everything could be seen: events were lost"};
    const auto clean = court.judge({});
    CHECK(clean.outcome == model::Outcome::incomplete);
    CHECK(clean.reasons == why);

    const auto violated = court.judge({refusal("bind", 0)});
    CHECK(violated.outcome == model::Outcome::violated);
    CHECK(violated.reasons == Lines{"the profile refused bind (1 call)", why[0], why[1]});
}

TEST_CASE("the worst outcome stays and every reason is kept", "[engine]") {
    using model::Outcome;
    const auto [first, second, worst] = GENERATE(table<Outcome, Outcome, Outcome>({
        {Outcome::expectation_missed, Outcome::workload_failed, Outcome::workload_failed},
        {Outcome::workload_failed, Outcome::expectation_missed, Outcome::workload_failed},
        {Outcome::timed_out, Outcome::workload_failed, Outcome::workload_failed},
        {Outcome::expectation_missed, Outcome::timed_out, Outcome::timed_out},
        {Outcome::setup_failed, Outcome::expectation_missed, Outcome::expectation_missed},
        {Outcome::setup_failed, Outcome::incomplete, Outcome::setup_failed},
        {Outcome::skipped, Outcome::incomplete, Outcome::incomplete},
        {Outcome::passed, Outcome::skipped, Outcome::skipped},
        {Outcome::harness_fault, Outcome::violated, Outcome::harness_fault},
    }));
    CaseDraft draft;
    draft.add(first, "one");
    draft.add(second, "two");
    CHECK(draft.outcome == worst);
    CHECK(draft.reasons == Lines{"one", "two"});
}

TEST_CASE("a violation goes before a workload that failed", "[engine]") {
    Court court;
    court.draft.add(model::Outcome::workload_failed, "the workload exited with 1 during the scenario");
    const auto result = court.judge({refusal("bind", 0)});
    CHECK(result.outcome == model::Outcome::violated);
    CHECK(result.reasons ==
          Lines{"the profile refused bind (1 call)", "the workload exited with 1 during the scenario"});
}

}  // namespace callgate::engine
