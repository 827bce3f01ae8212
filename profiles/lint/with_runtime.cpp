// What the engine and the runtime make of a profile, and need themselves.
#include "profiles/compare_targets.h"
#include "profiles/lines.h"
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

/// The runtime of a target, asked for the least that it needs where nobody named one.
Target sparing(std::string_view engine, const LintSubject& subject) {
    auto target = default_target(engine, {});
    target.arch = subject.native();
    target.no_new_privileges = true;
    return target;
}

void look_at_start(const LintSubject& subject, const Target& target, Findings& findings) {
    const auto refused = refused_at_start(subject.filter()->program(), target);
    if (refused.empty()) return;
    const auto& first = refused.front();
    const auto& regions = subject.regions(subject.native(), first);
    if (regions.empty()) return;
    const auto& witness = regions.front().witness;
    auto& finding =
        findings.add(subject.place_of(witness),
                     fmt::format("refused, and {} itself makes them between loading the filter and starting "
                                 "the workload: the container does not start, or not always",
                                 target.runtime));
    for (const auto& name : refused) finding.calls.push_back({name, ""});
    finding.fix = "permit them, or use a runtime that does not need them";
    finding.witness =
        fmt::format("{}: {}", on_arch(fmt::format("{}()", first), subject.native()), answer_to(subject, witness));
}

/// Where the first thing stands that not every engine reads.
core::Span first_condition(const model::Profile& profile) {
    const auto rule = std::find_if(profile.rules.begin(), profile.rules.end(),
                                   [](const auto& candidate) { return model::is_conditional(candidate); });
    if (rule != profile.rules.end()) return rule->span;
    return profile.arch_map.empty() ? profile.span : profile.arch_map.front().architecture.span;
}

}  // namespace

namespace looks {

void runtime_refused(const LintSubject& subject, Findings& findings) {
    if (subject.filter() == nullptr) return;
    if (subject.asked()) return look_at_start(subject, *subject.target(), findings);
    for (const auto* engine : {"docker", "crio"}) look_at_start(subject, sparing(engine, subject), findings);
}

void engine_conditions(const LintSubject& subject, Findings& findings) {
    if (subject.target() == nullptr || !model::is_conditional(subject.written())) return;
    const auto own = own_target(subject.written(), subject.target()->kernel);
    std::vector<std::string> otherwise;
    std::string witness;
    for (const auto& engine : engines()) {
        if (subject.asked() && engine.name != subject.target()->engine->name) continue;
        auto other = own;  // with the same runtime and capabilities: what the engine reads is the only difference
        other.engine = &engine;
        other.words = engine.name;
        const auto comparison = compare_targets(subject.written(), std::vector{own, other});
        if (!comparison || comparison->differences.empty()) continue;
        otherwise.insert(otherwise.end(), comparison->summary.begin(), comparison->summary.end());
        const auto& first = comparison->differences.front();
        if (witness.empty())
            witness = fmt::format("{} on {}: {}", first.call, first.arch, fmt::join(first.answers, " or "));
    }
    if (otherwise.empty()) return;
    auto& finding = findings.add(first_condition(subject.written()),
                                 fmt::format("conditions that not every engine reads: {}", fmt::join(otherwise, "; ")));
    if (subject.asked()) finding.severity = core::Severity::warning;
    finding.witness = std::move(witness);
    finding.fix = fmt::format("hand other engines what `callgate resolve --as {}` prints", own.engine->name);
}

}  // namespace looks

}  // namespace callgate::profiles
