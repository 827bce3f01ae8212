#include "profiles/runtime_defaults.h"
#include "profiles/score_report.h"
#include "profiles/wrapped.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::profiles {

namespace {

constexpr std::size_t kMostNames = 40;

/// "a, b and 7 more"
std::string some_of(const std::vector<std::string>& names) {
    const auto shown = std::min(names.size(), kMostNames);
    auto out = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    return shown == names.size() ? out : fmt::format("{} and {} more", out, names.size() - shown);
}

std::string difference(std::size_t found, std::size_t other) {
    if (found == other) return "as many";
    return found > other ? fmt::format("{} more", found - other) : fmt::format("{} fewer", other - found);
}

std::string class_text(const ClassScore& score) {
    std::vector<std::string> always;
    std::vector<std::string> sometimes;
    for (const auto& risk : score.risks) {
        if (risk.happens == Happens::always) always.push_back(risk.witness);
        if (risk.happens == Happens::sometimes) sometimes.push_back(risk.witness);
    }
    const auto head = fmt::format("    {:<11}", name_of(score.reaches));
    std::string text = fmt::format("{} of {}", score.permitted(), score.risks.size());
    if (!always.empty()) text += fmt::format(": {}", fmt::join(always, ", "));
    if (!sometimes.empty())
        text += fmt::format("{} under conditions: {}", always.empty() ? "," : ";", fmt::join(sometimes, ", "));
    return wrapped(head, text);
}

std::string arch_text(const Score& score, const ArchScore& arch) {
    auto out = wrapped("  ", fmt::format("{}: {}", model::arch_name(arch.arch), words_of(arch)));
    std::size_t dangerous = 0;
    std::size_t known = 0;
    for (const auto& one : arch.classes) {
        dangerous += one.permitted();
        known += one.risks.size();
    }
    out += fmt::format("  dangerous: {} of {}\n", dangerous, known);
    for (const auto& one : arch.classes) out += class_text(one);
    const auto defaults = runtime_defaults(arch.arch);
    if (!defaults.empty()) out += "  beside the default profiles of container engines\n";
    for (const auto& one : defaults) {
        const auto permitted = one.always + one.sometimes;
        out += wrapped(fmt::format("    {:<11}", one.engine),
                       fmt::format("{} permitted, {} of them under conditions: {} here ({}, libseccomp {})", permitted,
                                   one.sometimes, difference(arch.permitted(), permitted), one.source, one.libseccomp));
    }
    for (const auto& beside : score.beside) {
        if (beside.arch != arch.arch) continue;
        out += wrapped("  ",
                       fmt::format("beside {}: {} {} permitted here alone, {} there alone{}", beside.name,
                                   beside.more.size(), beside.more.size() == 1 ? "call" : "calls", beside.fewer.size(),
                                   beside.listed ? "" : ", which does not list the architecture"));
        if (!beside.more.empty()) out += wrapped("    here:  ", some_of(beside.more));
        if (!beside.fewer.empty()) out += wrapped("    there: ", some_of(beside.fewer));
    }
    return out;
}

}  // namespace

std::string words_of(const ArchScore& score) {
    return fmt::format("{} of {} calls permitted, {} of them under conditions", score.permitted(), score.known(),
                       score.sometimes.size());
}

std::string words_of(const Exceeded& exceeded) {
    if (exceeded.calls.empty()) {
        return fmt::format("permits {} calls, {} more than {}", exceeded.found, exceeded.found - exceeded.limit,
                           exceeded.gate);
    }
    return fmt::format("permits {} dangerous {} that {} rules out: {}", exceeded.found,
                       exceeded.found == 1 ? "call" : "calls", exceeded.gate, fmt::join(exceeded.calls, ", "));
}

std::string render_text(const ScoreReport& report) {
    std::string out;
    for (const auto& score : report.scores) {
        if (!out.empty()) out += "\n";
        out += wrapped("", score.profile);
        for (const auto& arch : score.archs) out += arch_text(score, arch);
    }
    if (!report.exceeded.empty()) out += "\nexceeded\n";
    for (const auto& one : report.exceeded) {
        out += wrapped("  ", fmt::format("{} on {} {}", one.profile, model::arch_name(one.arch), words_of(one)));
    }
    return out;
}

}  // namespace callgate::profiles
