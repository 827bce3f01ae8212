#include "harness/model/mode.h"
#include "reports/case_text.h"
#include "reports/ci_safe.h"
#include "reports/coverage.h"
#include "reports/findings.h"
#include "reports/format.h"
#include "reports/latencies.h"
#include "reports/markdown_text.h"
#include "reports/proposal_files.h"
#include "reports/rows.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace callgate::reports::markdown {

namespace {

using model::CaseResult;
using model::Outcome;

/// GitHub refuses a step summary over 1 MiB; each of the five long parts gets a share that leaves room to spare.
constexpr std::size_t kMostRows = std::size_t{200} * 1024;
constexpr std::size_t kMostDetails = std::size_t{100} * 1024;
constexpr std::size_t kMostDiff = std::size_t{200} * 1024;
constexpr std::size_t kMostWhy = 400;
constexpr std::size_t kMostCell = 200;
constexpr std::size_t kMostNames = 100;
constexpr std::size_t kMostNotes = 50;

std::string code(std::string_view text) {
    return markdown_code(text, kMostCell);
}

/// The rows that fit, then how many did not.
void write_rows(std::string& out, const std::vector<std::string>& rows, std::string_view singular,
                std::string_view plural) {
    const auto left_out = append_fitting(out, rows, kMostRows);
    if (left_out > 0)
        out += fmt::format("\n{} in `run.json`.\n",
                           counted(left_out, fmt::format("more {}", singular), fmt::format("more {}", plural)));
}

std::string_view sign(Outcome outcome) {
    if (outcome == Outcome::passed) return "✅";
    if (outcome == Outcome::skipped) return "⏭️";
    return model::is_finding(outcome) ? "❌" : "⚠️";
}

void write_verdict(std::string& out, const model::RunResult& run) {
    const auto verdict = reports::verdict(run);
    const std::string_view mark = verdict.tone == Verdict::Tone::good  ? "✅"
                                  : verdict.tone == Verdict::Tone::bad ? "❌"
                                                                       : "⚠️";
    out += fmt::format("## {} callgate: {}\n\n{}\n", mark, verdict.word, markdown_prose(verdict.text, kMostWhy));
}

void write_advice(std::string& out, const model::RunResult& run) {
    for (const auto& proposal : run.proposals) {
        if (proposal.added.empty()) continue;
        out += fmt::format("\nIf the workload may use them, permit in {}: ", code(proposal.profile));
        const auto some = std::min(proposal.added.size(), kMostNames);
        for (std::size_t i = 0; i < some; ++i) out += fmt::format("{}{}", i == 0 ? "" : ", ", code(proposal.added[i]));
        if (some < proposal.added.size()) out += fmt::format(" and {} more", proposal.added.size() - some);
        out += '\n';
    }
}

void write_cases(std::string& out, const model::RunResult& run) {
    if (run.cases.empty()) return;
    out +=
        "\n### Cases\n\n| Profile | Mode | Scenario | Outcome | Time | Refusals | Why |\n"
        "|---|---|---|---|--:|--:|---|\n";
    const auto order = failed_first(run);
    std::vector<std::string> rows;
    rows.reserve(order.size());
    for (const auto* c : order) {
        rows.push_back(
            fmt::format("| {} | {} | {} | {} {} | {} | {} | {} |\n", code(c->profile), model::mode_name(c->mode),
                        code(c->scenario), sign(c->outcome), model::outcome_name(c->outcome),
                        c->outcome == Outcome::skipped ? "" : duration_words(c->duration),
                        // In enforce mode nobody counts: empty is not the same as none.
                        c->refused.empty() ? "" : std::to_string(refusals(*c)), markdown_prose(why(*c), kMostWhy)));
    }
    write_rows(out, rows, "case is", "cases are");
}

/// One row per phase and call: what is missing where.
void write_missing(std::string& out, const model::RunResult& run) {
    struct Row {
        const Finding* finding;
        const model::Violation* violation;
        std::map<model::Mode, std::uint64_t> counts;
    };
    const auto all = findings(run);
    if (all.empty()) return;
    std::vector<std::string> phases;
    std::map<std::pair<std::string, const Finding*>, Row> by_phase;
    for (const auto& finding : all) {
        for (const auto& sighting : finding.sightings) {
            const auto& phase = sighting.what->phase;
            if (std::find(phases.begin(), phases.end(), phase) == phases.end()) phases.push_back(phase);
            auto& row = by_phase.try_emplace({phase, &finding}, Row{&finding, sighting.what, {}}).first->second;
            row.counts[sighting.in->mode] += sighting.count;
        }
    }
    std::vector<std::string> rows;
    for (const auto& phase : phases) {
        for (const auto& finding : all) {
            const auto found = by_phase.find({phase, &finding});
            if (found == by_phase.end()) continue;
            const auto& [from, v, counts] = found->second;
            std::string seen;
            for (const auto& [mode, count] : counts) {
                seen += fmt::format("{}{} {}", seen.empty() ? "" : ", ", model::mode_name(mode), count);
            }
            rows.push_back(fmt::format("| {} | {} | {} | {} | {} | {} |\n", code(phase), code(v->syscall),
                                       code(v->action), seen, code(call_words(*v)), code(place_words(v->rule))));
        }
    }
    out +=
        "\n### Missing system calls\n\n"
        "In log mode they would be refused and were let through; in errno mode they were refused.\n\n"
        "| Phase | System call | Answer | Refusals | First call | Rule |\n|---|---|---|---|---|---|\n";
    write_rows(out, rows, "row is", "rows are");
}

/// Folded up: who looks at one refusal wants all of it, who reads the summary does not.
void write_details(std::string& out, const model::RunResult& run) {
    std::string text;
    for (const auto& finding : findings(run)) text += (text.empty() ? "" : "\n") + finding_text(finding);
    if (text.empty()) return;
    out += "\n<details><summary>Where each call was made, and what would permit it</summary>\n\n";
    out += markdown_fence("text", head_and_tail(text, kMostDetails));
    out += "\n</details>\n";
}

void write_proposals(std::string& out, const model::RunResult& run) {
    const auto names = proposal_names(run);
    const auto share = kMostDiff / std::max<std::size_t>(1, run.proposals.size());
    for (std::size_t i = 0; i < run.proposals.size(); ++i) {
        const auto& proposal = run.proposals[i];
        if (proposal.diff.empty() && proposal.notes.empty()) continue;
        out += fmt::format("\n### Proposed change to {}\n\n", code(proposal.profile));
        if (!proposal.complete) out += "It does not repair everything.\n\n";
        const auto some = std::min(proposal.notes.size(), kMostNotes);
        for (std::size_t n = 0; n < some; ++n)
            out += fmt::format("- {}\n", markdown_prose(proposal.notes[n], kMostWhy));
        if (some < proposal.notes.size()) out += fmt::format("- {} more in `run.json`\n", proposal.notes.size() - some);
        if (some > 0) out += '\n';
        if (!proposal.diff.empty()) {
            out += markdown_fence("diff", head_and_tail(proposal.diff, share));
            out += fmt::format("\nTo apply it: `patch -p0 < {}`\n", names[i].diff);
        }
    }
}

/// Folded up as well.
void write_latencies(std::string& out, const model::RunResult& run) {
    std::vector<std::string> rows;
    for (const auto& c : run.cases) {
        for (const auto& step : c.steps) {
            if (step.latency.empty()) continue;
            const auto metric = [&step](std::string_view name, int decimals) {
                const auto found = std::find_if(step.metrics.begin(), step.metrics.end(),
                                                [name](const model::Metric& one) { return one.name == name; });
                return found == step.metrics.end() ? std::string{} : fmt::format("{:.{}f}", found->value, decimals);
            };
            rows.push_back(fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", model::mode_name(c.mode),
                                       code(c.scenario), code(step.name), metric("requests", 0),
                                       metric("latency_p50_ms", 1), metric("latency_p95_ms", 1),
                                       metric("latency_p99_ms", 1), code(latency_picture(step.latency))));
        }
    }
    if (rows.empty()) return;
    out +=
        "\n<details><summary>How long requests took</summary>\n\nMilliseconds; each column of a picture stands for "
        "twice "
        "the time of the one before it.\n\n| Mode | Scenario | Step | Requests | p50 | p95 | p99 | Distribution |\n"
        "|---|---|---|--:|--:|--:|--:|---|\n";
    write_rows(out, rows, "step is", "steps are");
    out += "\n</details>\n";
}

void write_notes(std::string& out, const model::RunResult& run) {
    std::set<std::string> told;
    std::string notes;
    const auto add = [&](const std::string& note) {
        if (told.size() < kMostNotes && told.insert(note).second)
            notes += fmt::format("- {}\n", markdown_prose(note, kMostWhy));
    };
    for (const auto& note : run.notes) add(note);
    for (const auto& c : run.cases) {
        for (const auto& note : c.notes) add(note);
    }
    if (!notes.empty()) out += "\n### Notes\n\n" + notes;
}

std::string render(const model::RunResult& run) {
    std::string out;
    write_verdict(out, run);
    write_advice(out, run);
    write_cases(out, run);
    write_missing(out, run);
    write_details(out, run);
    write_proposals(out, run);
    write_latencies(out, run);
    out += markdown_coverage(run);
    write_notes(out, run);
    return ci_safe(out);
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"markdown", "summary.md", "for the step summary or a pull request", render};

}  // namespace callgate::reports::markdown
