#include "profiles/lint_fix.h"

#include "harness/bpf/partition.h"
#include "profiles/load.h"
#include "profiles/rewrite.h"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <utility>

namespace callgate::profiles {

namespace {

std::string step_of(const Finding& finding) {
    return fmt::format("{}: {} {}", core::to_string(finding.span), finding.rule->id, finding.fix);
}

/// That the repaired text means what the old one meant, where that meant anything.
core::Status prove(const LintSubject& subject, const std::string& text) {
    core::Diagnostics diagnostics;
    auto source = std::make_shared<const core::SourceText>(core::SourceText{subject.profile().name, text});
    auto profile = load(source, diagnostics);
    if (!profile) return core::fail(fmt::format("{}: the repaired text cannot be read", subject.profile().name));
    if (subject.filter() == nullptr) return {};
    auto filter = Filter::of(std::move(*profile));
    if (!filter) return core::fail(filter.error());
    const auto differences = bpf::compare(subject.filter()->program(), filter->program());
    if (!differences) return core::fail(differences.error().context(subject.profile().name));
    if (differences->empty()) return {};
    return core::fail(fmt::format("{}: the repaired profile would decide otherwise", subject.profile().name));
}

}  // namespace

core::Result<LintFix> fix(const LintSubject& subject, std::span<const Finding> findings) {
    LintFix done;
    std::vector<Edit> edits;
    Changes changes;
    for (const auto& finding : findings) {
        if (!finding.has_safe_fix()) continue;
        edits.insert(edits.end(), finding.edits.begin(), finding.edits.end());
        for (const auto& entry : finding.removals) changes.removed_names[entry.rule].insert(entry.name);
        std::string names;
        for (const auto& entry : finding.removals) {
            names += fmt::format("{}{}", names.empty() ? "" : ", ", subject.name_of(entry).text);
        }
        done.steps.push_back(finding.removals.empty() ? step_of(finding)
                                                      : fmt::format("{}: {} took out {}", core::to_string(finding.span),
                                                                    finding.rule->id, names));
    }
    if (done.steps.empty()) return done;
    if (!changes.empty()) {
        auto rewritten = rewrite(subject.profile(), changes);
        if (!rewritten) return core::fail(rewritten.error());
        std::move(rewritten->begin(), rewritten->end(), std::back_inserter(edits));
    }
    sort_edits(edits);
    const auto& source = subject.root() != nullptr ? subject.root()->span.source : subject.profile().span.source;
    done.text = apply_edits(source->text, edits);
    if (changes.empty()) return done;
    if (auto proven = prove(subject, done.text); !proven) return core::fail(proven.error());
    return done;
}

}  // namespace callgate::profiles
