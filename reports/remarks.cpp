#include "reports/remarks.h"

#include "harness/core/printable.h"
#include "harness/core/sha256.h"
#include "harness/model/mode.h"
#include "reports/case_text.h"
#include "reports/findings.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace callgate::reports {

namespace {

using model::CaseResult;
using model::Outcome;

constexpr std::size_t kMostText = std::size_t{16} * 1024;

enum Kind : std::size_t { refused_call, behaves_otherwise, workload_failed, no_verdict, callgate_fault };

const RemarkKind* kind(Kind which) {
    return &remark_kinds()[which];
}

const RemarkKind* kind_of(Outcome outcome) {
    if (outcome == Outcome::harness_fault) return kind(callgate_fault);
    if (outcome == Outcome::workload_failed || outcome == Outcome::timed_out) return kind(workload_failed);
    return kind(model::is_finding(outcome) ? behaves_otherwise : no_verdict);
}

/// Worst first; what is equally bad stays in the order of the run.
int badness(const Remark& remark) {
    if (remark.outcome == Outcome::harness_fault) return 0;
    if (remark.kind == kind(refused_call)) return 1;
    return is_error(remark) ? 2 : 3;
}

model::Place repository_place(const model::RunResult& run, const model::Place& place) {
    return {repository_path(run, place.file), place.line, place.column};
}

Remark remark_of(const model::RunResult& run, const Finding& finding) {
    const auto& v = *finding.first;
    Remark remark;
    remark.kind = kind(refused_call);
    remark.outcome = Outcome::violated;
    const auto scenario = repository_place(run, finding.in->place);
    remark.place = v.rule.file.empty() ? scenario : repository_place(run, v.rule);
    if (!scenario.file.empty() && !v.rule.file.empty()) remark.scenario = scenario;
    remark.title = fmt::format("{} {}", shown(v.syscall), v.happened ? "is refused" : "would be refused");
    remark.message =
        fmt::format("{} ({}) answers {}: {}, first in {}, {}", remark.title, shown(v.arch), shown(v.action),
                    count_words(finding, "×"), v.phase.empty() ? "the run" : shown(v.phase), thread_words(v));
    if (!finding.fix.empty()) remark.message += fmt::format("; to permit it, {}", shown(finding.fix));
    remark.text = head_and_tail(finding_text(finding), kMostText);
    for (const auto& sighting : finding.sightings) remark.seen.push_back(sighting.what);
    remark.fingerprint = fmt::format("{}\n{}\n{}\n{}", finding.in->profile, v.arch, v.syscall, v.action);
    return remark;
}

Remark remark_of(const model::RunResult& run, const CaseResult& c, const RemarkKind* what, const std::string& message) {
    Remark remark;
    remark.kind = what;
    remark.outcome = c.outcome;
    remark.place = repository_place(run, c.place.file.empty() ? model::Place{c.profile, 0, 0} : c.place);
    remark.title = fmt::format("{}: {}", shown(c.name), model::outcome_name(c.outcome));
    remark.message = fmt::format("{}: {}", remark.title, message);
    remark.text = head_and_tail(case_text(c), kMostText);
    remark.fingerprint = fmt::format("{}\n{}", c.name, what->id);
    return remark;
}

void add_case(std::vector<Remark>& all, const model::RunResult& run, const CaseResult& c) {
    if (c.outcome == Outcome::passed || c.outcome == Outcome::skipped) return;
    if (c.outcome != Outcome::violated) {
        const auto more = c.reasons.size() > 1 ? fmt::format(" (and {} more)", c.reasons.size() - 1) : "";
        all.push_back(remark_of(run, c, kind_of(c.outcome), why(c) + more));
    } else if (!c.oracles.empty()) {  // what is refused is said for itself
        const auto more = c.oracles.size() > 1 ? fmt::format(" (and {} more)", c.oracles.size() - 1) : "";
        all.push_back(remark_of(run, c, kind(behaves_otherwise), shown(c.oracles.front().message, 1024) + more));
    } else if (c.violations.empty()) {
        all.push_back(remark_of(run, c, kind(refused_call), why(c)));
    }
}

/// A run without a case, or one cut short, must not look like a pass to who reads only this.
Remark unfinished(const model::RunResult& run) {
    Remark remark;
    remark.kind = kind(no_verdict);
    remark.outcome = Outcome::incomplete;
    remark.place.file = repository_path(run, run.plan);
    const auto verdict = reports::verdict(run);
    remark.title = verdict.word;
    remark.message = verdict.text;
    remark.text = verdict.text + "\n";
    remark.fingerprint = "unfinished";
    return remark;
}

/// The second of two alike gets a number: with one fingerprint for both, one of them would vanish.
void hash_fingerprints(std::vector<Remark>& all) {
    std::map<std::string, int> times;
    for (auto& remark : all) {
        const auto number = ++times[remark.fingerprint];
        remark.fingerprint =
            core::sha256(fmt::format("{}\n{}\n{}", remark.kind->id, core::printable_lines(remark.fingerprint), number));
    }
}

}  // namespace

const std::vector<RemarkKind>& remark_kinds() {
    static const std::vector<RemarkKind> kKinds{
        {"refused-call", "the profile refuses a system call that the workload makes",
         "If the workload may make it, permit it: profile.diff holds the smallest change. If not, name it with a "
         "reason "
         "under expect.refused of the plan."},
        {"behaves-otherwise", "under the profile the workload does not behave as the plan, or a run without it, says",
         "Look at what was refused in the same phase: most refusals fail silently."},
        {"workload-failed", "under the profile the workload ended, crashed or took too long",
         "Look at what was refused before, and at the last output of the workload."},
        {"no-verdict", "callgate could not judge", "The message says what was lacking and how to get it."},
        {"callgate-fault", "callgate is at fault", "Please report it, with run.json."},
    };
    return kKinds;
}

std::vector<Remark> remarks(const model::RunResult& run) {
    std::vector<Remark> all;
    for (const auto& finding : findings(run)) all.push_back(remark_of(run, finding));
    for (const auto& c : run.cases) add_case(all, run, c);
    if (run.cases.empty() || run.interrupted_by != 0) all.push_back(unfinished(run));
    std::stable_sort(all.begin(), all.end(), [](const Remark& a, const Remark& b) { return badness(a) < badness(b); });
    hash_fingerprints(all);
    return all;
}

bool is_error(const Remark& remark) {
    return model::is_finding(remark.outcome) || remark.outcome == Outcome::harness_fault;
}

std::string repository_path(const model::RunResult& run, std::string_view path) {
    const auto& directory = run.directory;
    if (!directory.empty() && path.starts_with(directory) && path.substr(directory.size()).starts_with("/"))
        path.remove_prefix(directory.size() + 1);
    while (path.starts_with("./")) path.remove_prefix(2);
    constexpr std::size_t kLongestPath = 4096;
    return shown(path, kLongestPath);
}

}  // namespace callgate::reports
