#include "harness/core/printable.h"
#include "harness/model/syscall_table.h"
#include "profiles/runtime_defaults.h"
#include "profiles/score_report.h"
#include "profiles/semantics.h"

#include <nlohmann/json.hpp>

namespace callgate::profiles {

namespace {

using nlohmann::ordered_json;

std::string_view word(Happens happens) {
    switch (happens) {
        case Happens::never:
            return "never";
        case Happens::sometimes:
            return "sometimes";
        case Happens::always:
            return "always";
    }
    return "never";
}

ordered_json json_of(const ClassScore& score) {
    auto calls = ordered_json::array();
    for (const auto& risk : score.risks) {
        if (risk.happens == Happens::never) continue;
        calls.push_back({{"syscall", risk.risk->syscall},
                         {"happens", word(risk.happens)},
                         {"witness", core::printable(risk.witness)},
                         {"lets", risk.risk->lets}});
    }
    return {{"class", name_of(score.reaches)},
            {"known", score.risks.size()},
            {"always", score.count(Happens::always)},
            {"sometimes", score.count(Happens::sometimes)},
            {"calls", std::move(calls)}};
}

ordered_json json_of(const BesideFilter& beside) {
    return {{"name", core::printable(beside.name)},
            {"listed", beside.listed},
            {"more", beside.more},
            {"fewer", beside.fewer}};
}

ordered_json json_of(const Score& score, const ArchScore& arch) {
    auto classes = ordered_json::array();
    for (const auto& one : arch.classes) classes.push_back(json_of(one));
    auto defaults = ordered_json::array();
    for (const auto& one : runtime_defaults(arch.arch)) {
        defaults.push_back({{"engine", one.engine},
                            {"always", one.always},
                            {"sometimes", one.sometimes},
                            {"source", one.source},
                            {"libseccomp", one.libseccomp}});
    }
    auto beside = ordered_json::array();
    for (const auto& one : score.beside) {
        if (one.arch == arch.arch) beside.push_back(json_of(one));
    }
    return {{"arch", model::arch_name(arch.arch)},
            {"known", arch.known()},
            {"permitted", arch.permitted()},
            {"always", arch.always.size()},
            {"sometimes", arch.sometimes.size()},
            {"never", arch.never.size()},
            {"calls", {{"always", arch.always}, {"sometimes", arch.sometimes}}},
            {"dangerous", std::move(classes)},
            {"defaults", std::move(defaults)},
            {"against", std::move(beside)}};
}

}  // namespace

std::string render_json(const ScoreReport& report) {
    auto profiles = ordered_json::array();
    for (const auto& score : report.scores) {
        auto archs = ordered_json::array();
        for (const auto& arch : score.archs) archs.push_back(json_of(score, arch));
        profiles.push_back({{"name", core::printable(score.profile)}, {"architectures", std::move(archs)}});
    }
    auto exceeded = ordered_json::array();
    for (const auto& one : report.exceeded) {
        auto calls = ordered_json::array();
        for (const auto& call : one.calls) calls.push_back(core::printable(call));
        exceeded.push_back({{"profile", core::printable(one.profile)},
                            {"arch", model::arch_name(one.arch)},
                            {"gate", one.gate},
                            {"limit", one.limit},
                            {"found", one.found},
                            {"over", one.found - one.limit},
                            {"calls", std::move(calls)}});
    }
    const ordered_json document{{"schema", "callgate.score/1"},
                                {"kernel", model::to_string(model::newest_kernel())},
                                {"libseccomp", libseccomp_version()},
                                {"profiles", std::move(profiles)},
                                {"exceeded", std::move(exceeded)}};
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::profiles
