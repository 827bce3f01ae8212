#include "harness/cli/record_text.h"

#include "harness/core/printable.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace callgate::cli {

namespace {

using model::CallEvidence;

constexpr std::size_t kWidth = 78;

std::string wrapped_names(const std::vector<std::string>& names) {
    std::string out;
    std::string line;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto word = names[i] + (i + 1 < names.size() ? "," : "");
        if (!line.empty() && line.size() + 1 + word.size() > kWidth - 6) {
            out += "      " + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? out : out + "      " + line + "\n";
}

std::string times(std::uint64_t count) {
    return count == 1 ? "once" : fmt::format("{} times", count);
}

/// The largest share of runs in which something may happen that `clean` runs in a row did not show, with 95 %
/// confidence.
double excluded_above(std::size_t clean) {
    return 1 - std::pow(0.05, 1.0 / static_cast<double>(clean));
}

std::string values_of(const CallEvidence& call) {
    std::string out;
    constexpr std::size_t kShown = 12;
    for (std::size_t i = 0; i < call.values.size() && i < kShown; ++i) {
        std::vector<std::string> words;
        for (const auto value : call.values[i].values) words.push_back(fmt::format("{:#x}", value));
        out += fmt::format("    with {}: {}, in {} {}\n", fmt::join(words, ", "), times(call.values[i].count),
                           call.values[i].runs, call.values[i].runs == 1 ? "run" : "runs");
    }
    if (call.values.size() > kShown) out += fmt::format("    and {} other values\n", call.values.size() - kShown);
    if (call.untold != 0) out += fmt::format("    with values that were not kept: {}\n", times(call.untold));
    return out;
}

std::string evidence_of(const CallEvidence& call, const model::Evidence& evidence) {
    auto out =
        fmt::format("  made on {} {}{}, ", call.arch, evidence.second_pass ? "at least " : "", times(call.count));
    out += call.runs == 0
               ? "only at full speed\n"
               : fmt::format("in {} of {} {}\n", call.runs, evidence.runs, evidence.runs == 1 ? "run" : "runs");
    if (call.only_in("startup")) out += "  only before the workload was ready\n";
    if (call.only_in("shutdown")) out += "  only while it was stopping\n";
    out += fmt::format("  first {} ms after the launch, last {} ms\n", call.first_ms, call.last_ms);
    for (const auto& [name, count] : call.by_case) {
        out += fmt::format("    in {}: {}\n", name, times(count));
        for (const auto& [step, steps] : call.by_step) {
            if (step.rfind(name + ": ", 0) == 0)
                out += fmt::format("      {}: {}\n", step.substr(name.size() + 2), times(steps));
        }
    }
    for (const auto& path : call.executables) out += fmt::format("    by {}\n", path);
    out += values_of(call);
    if (!call.stack.empty()) out += "  for example at\n";
    for (const auto& frame : call.stack) out += "    " + reports::frame_words(frame) + "\n";
    return out;
}

std::vector<std::string> names_where(const model::Evidence& evidence, bool (*wanted)(const CallEvidence&)) {
    std::vector<std::string> names;
    for (const auto& call : evidence.calls) {
        if (wanted(call) && (names.empty() || names.back() != call.syscall)) names.push_back(call.syscall);
    }
    return names;
}

}  // namespace

std::string describe_recording(const profiles::Lock& lock) {
    const auto& evidence = lock.evidence;
    std::string out = fmt::format("{}: {} system calls", lock.workload, evidence.calls.size());
    std::map<std::string, std::size_t> by_arch;
    for (const auto& call : evidence.calls) ++by_arch[call.arch];
    if (by_arch.size() > 1) {
        std::vector<std::string> parts;
        parts.reserve(by_arch.size());
        for (const auto& [arch, count] : by_arch) parts.push_back(fmt::format("{} on {}", count, arch));
        out += fmt::format(" ({})", fmt::join(parts, ", "));
    }
    out += fmt::format(" in {} {}, seen by {}\n", evidence.runs, evidence.runs == 1 ? "run" : "runs", lock.recorder);
    if (evidence.second_pass)
        out += "  counted while every call was stopped, and run once more at full speed, where only news are counted\n";
    const auto early = names_where(evidence, [](const CallEvidence& call) { return call.only_in("startup"); });
    const auto late = names_where(evidence, [](const CallEvidence& call) { return call.only_in("shutdown"); });
    if (!lock.plan.empty() && !early.empty())
        out += fmt::format("  {} only before it was ready:\n", early.size()) + wrapped_names(early);
    if (!late.empty()) out += fmt::format("  {} only while it was stopping:\n", late.size()) + wrapped_names(late);
    for (const auto& call : evidence.calls) {
        if (call.runs == evidence.runs) continue;
        if (call.runs == 0) {
            out += fmt::format("  {} only at full speed\n", call.syscall);
            continue;
        }
        out += fmt::format("  {} in {} of {} runs\n", call.syscall, call.runs, evidence.runs);
    }
    if (evidence.runs > 1) {
        out += fmt::format("  what {} runs did not show happens in fewer than {:.0f} % of runs, with 95 % confidence\n",
                           evidence.runs, std::ceil(100 * excluded_above(evidence.runs)));
    }
    for (const auto& gap : evidence.gaps) out += fmt::format("  not seen: {}\n", gap);
    return core::printable_lines(out);
}

std::string describe_call(const profiles::Lock& lock, const std::string& syscall) {
    std::string out;
    for (const auto& call : lock.evidence.calls) {
        if (call.syscall == syscall) out += evidence_of(call, lock.evidence);
    }
    for (const auto& reason : lock.reasons) {
        if (reason.syscall == syscall) out += fmt::format("  {}: {}\n", reason.kind, reason.why);
    }
    return out.empty() ? out : core::printable_lines(syscall + "\n" + out);
}

}  // namespace callgate::cli
