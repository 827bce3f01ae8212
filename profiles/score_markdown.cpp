#include "profiles/markdown_cell.h"
#include "profiles/runtime_defaults.h"
#include "profiles/score_report.h"

#include <fmt/format.h>

namespace callgate::profiles {

namespace {

std::string witnesses(const ClassScore& score, Happens happens) {
    std::string out;
    for (const auto& risk : score.risks) {
        if (risk.happens == happens) out += fmt::format("{}{}", out.empty() ? "" : ", ", markdown_cell(risk.witness));
    }
    return out;
}

std::string besides(const Score& score, const ArchScore& arch) {
    std::string out;
    for (const auto& one : runtime_defaults(arch.arch)) {
        out += fmt::format(
            "| {} | {} | {} | {:+} | {}, libseccomp {} |\n", one.engine, one.always + one.sometimes, one.sometimes,
            static_cast<std::int64_t>(arch.permitted()) - static_cast<std::int64_t>(one.always + one.sometimes),
            markdown_cell(one.source), one.libseccomp);
    }
    if (!out.empty()) {
        out = "\n| default of | permits | under conditions | this permits more | measured |\n|---|---|---|---|---|\n" +
              out;
    }
    for (const auto& beside : score.beside) {
        if (beside.arch != arch.arch) continue;
        out +=
            fmt::format("\nBeside {}{}: {} permitted here alone{}{}, {} there alone{}{}.\n", markdown_cell(beside.name),
                        beside.listed ? "" : ", which does not list the architecture", beside.more.size(),
                        beside.more.empty() ? "" : " ", markdown_cell(fmt::format("{}", fmt::join(beside.more, ", "))),
                        beside.fewer.size(), beside.fewer.empty() ? "" : " ",
                        markdown_cell(fmt::format("{}", fmt::join(beside.fewer, ", "))));
    }
    return out;
}

}  // namespace

std::string render_markdown(const ScoreReport& report) {
    std::string out;
    for (const auto& one : report.exceeded) {
        out += fmt::format("**Exceeded**: {} on {}: {}\n", markdown_cell(one.profile), model::arch_name(one.arch),
                           markdown_cell(words_of(one)));
    }
    for (const auto& score : report.scores) {
        for (const auto& arch : score.archs) {
            out += fmt::format(
                "{}### {} on {}\n\n{}.\n\n| dangerous | permitted | under conditions | of |\n|---|---|---|---|\n",
                out.empty() ? "" : "\n", markdown_cell(score.profile), model::arch_name(arch.arch), words_of(arch));
            for (const auto& one : arch.classes) {
                out += fmt::format("| {} | {} {} | {} {} | {} |\n", name_of(one.reaches), one.count(Happens::always),
                                   witnesses(one, Happens::always), one.count(Happens::sometimes),
                                   witnesses(one, Happens::sometimes), one.risks.size());
            }
            out += besides(score, arch);
        }
    }
    return out;
}

}  // namespace callgate::profiles
