#include "harness/engine/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

namespace callgate::engine {

namespace {

constexpr core::Milliseconds kRest{1'000};      ///< for what a case set going to end
constexpr core::Milliseconds kToSettle{2'500};  ///< for what looks wrong to come right by itself
constexpr core::Milliseconds kBetweenLooks{100};
constexpr std::size_t kMostOfOne = 3;  ///< findings of one oracle that are told one by one

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

void Inspection::begin() {
    refused_before_ = stage_.workload().refused();
    if (!stage_.place()) return;
    before_ = file_sizes(stage_.place()->workdir());
    std::error_code error;
    const auto size = std::filesystem::file_size(stage_.place()->log(), error);
    before_[stage_.place()->log()] = error ? 0 : size;
}

void Inspection::let_rest() {
    rest_ = stage_.rest(kRest);
}

void Inspection::look(Snapshot& snapshot) {
    const auto& place = stage_.place();
    if (!place) return;
    const auto& workload = stage_.workload();
    snapshot.held_up = workload.refused() > refused_before_;
    snapshot.running = workload.launched() && workload.leader_end().kind == model::ProcessEnd::Kind::running;
    snapshot.processes = snapshot.running ? see_processes(stage_.root(), workload.leader(), rest_, place->workdir())
                                          : std::vector<SeenProcess>{};
    snapshot.files = see_files(place->workdir(), before_);
    snapshot.trouble = see_trouble(place->workdir(), place->log(), before_);
}

ports::OracleSetting Inspection::setting(std::string_view oracle, const ports::OracleSettings& own) const {
    for (const auto* settings : {&own, &plan_.oracles}) {
        if (const auto found = settings->find(oracle); found != settings->end()) return found->second;
    }
    return {};
}

std::vector<Inspection::Miss> Inspection::misses(const Snapshot& snapshot, const Snapshot* reference,
                                                 const ports::OracleSettings& own) const {
    std::vector<Miss> all;
    for (const auto& [name, oracle] : all_oracles()) {
        auto findings = findings_of(*oracle, snapshot, reference, setting(name, own));
        const auto count = findings.size();
        if (count > kMostOfOne) {
            findings.resize(kMostOfOne);
            findings.back().text += fmt::format(" (and {} more)", count - kMostOfOne);
        }
        for (auto& finding : findings) all.push_back({name, std::move(finding.text), oracle});
    }
    return all;
}

void Inspection::settle(Snapshot& shown, core::SteadyTime until) {
    const auto roles = [](const Snapshot& snapshot) {
        std::multiset<std::pair<std::string, bool>> counted;
        for (const auto& process : snapshot.processes) counted.emplace(process.role, process.zombie);
        return counted;
    };
    while (shown.running && now() < until) {
        const auto before = roles(shown);
        if (stage_.cancelled_within(kBetweenLooks)) return;
        rest_ = stage_.rest(kRest);
        look(shown);
        if (roles(shown) == before) return;
    }
}

void Inspection::drop_chance(std::vector<Miss>& missed, CaseDraft& draft, const Snapshot& reference,
                             const ports::OracleSettings& own) const {
    const auto is_chance = [&](const Miss& miss) {
        if (!miss.by->needs_reference) return false;
        const auto* second = second_look_(draft.scenario);
        if (second == nullptr) return false;
        const auto differs = findings_of(*miss.by, *second, &reference, setting(miss.oracle, own));
        if (differs.empty()) return false;
        draft.notes.push_back(fmt::format("oracle '{}' is not counted, since two runs without a profile differ too: {}",
                                          miss.oracle, differs.front().text));
        return true;
    };
    std::erase_if(missed, is_chance);
}

Snapshot Inspection::judge(CaseDraft& draft, const ports::OracleSettings& own, Snapshot shown) {
    const bool compares = plan_.reference && suite_.mode != model::Mode::baseline;
    const auto* reference = compares ? plan_.reference->find(draft.scenario) : nullptr;
    look(shown);
    auto missed = misses(shown, reference, own);
    const auto settles = [](const Miss& miss) { return miss.by->may_settle; };
    const auto until = now() + kToSettle;
    if (suite_.mode == model::Mode::baseline) settle(shown, until);
    while (std::any_of(missed.begin(), missed.end(), settles) && now() < until) {
        if (stage_.cancelled_within(kBetweenLooks)) break;
        rest_ = stage_.rest(kRest);
        look(shown);
        missed = misses(shown, reference, own);
    }
    if (reference != nullptr) drop_chance(missed, draft, *reference, own);
    for (const auto& miss : missed) draft.miss(miss.oracle, miss.text);
    return shown;
}

}  // namespace callgate::engine
