#include "profiles/lint.h"

#include "profiles/embedded.h"
#include "profiles/lint/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

constexpr std::array kRules{
#define CALLGATE_LINT_RULE(id, name, severity, summary, function) \
    LintRule{id, name, core::Severity::severity, summary, looks::function},
#include "profiles/lint_rules.inc"
#undef CALLGATE_LINT_RULE
};

bool looks_at_words(const LintRule& rule) {
    return rule.look == &looks::unknown_architecture || rule.look == &looks::errno_value;
}

std::vector<Finding> found_by(const LintSubject& subject, bool (*wanted)(const LintRule& rule)) {
    std::vector<Finding> all;
    for (const auto& rule : kRules) {
        if (!wanted(rule)) continue;
        Findings findings{rule};
        rule.look(subject, findings);
        std::move(findings.all().begin(), findings.all().end(), std::back_inserter(all));
    }
    std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
        return std::tuple{a.span.begin, a.rule->id} < std::tuple{b.span.begin, b.rule->id};
    });
    return all;
}

}  // namespace

Finding& Findings::add(core::Span span, std::string message) {
    Finding finding;
    finding.rule = &rule_;
    finding.severity = rule_.severity;
    finding.span = std::move(span);
    finding.message = std::move(message);
    return all_.emplace_back(std::move(finding));
}

std::span<const LintRule> lint_rules() {
    return kRules;
}

const LintRule* find_lint_rule(std::string_view word) {
    const auto* found = std::find_if(kRules.begin(), kRules.end(),
                                     [&](const LintRule& rule) { return rule.id == word || rule.name == word; });
    return found == kRules.end() ? nullptr : found;
}

std::string_view lint_page(const LintRule& rule) {
    const auto pages = embedded_files();
    const auto name = fmt::format("{}.md", rule.id);
    const auto found = std::find_if(pages.begin(), pages.end(), [&](const auto& page) { return page.name == name; });
    core::ensure(found != pages.end(), "a rule of lint has no page");
    return found->text;
}

std::vector<Finding> lint(const LintSubject& subject) {
    auto findings = found_by(subject, [](const LintRule&) { return true; });
    // What decides nothing for one target may decide for another.
    if (subject.target() != nullptr) {
        for (auto& finding : findings) finding.removals.clear();
    }
    return findings;
}

std::vector<Finding> lint_words(const LintSubject& subject) {
    return found_by(subject, looks_at_words);
}

std::string headline(const Finding& finding) {
    constexpr std::size_t kShown = 8;
    if (finding.calls.empty()) return finding.message;
    std::string names;
    for (std::size_t i = 0; i < finding.calls.size() && i < kShown; ++i) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", finding.calls[i].name);
    }
    if (finding.calls.size() > kShown) names += fmt::format(" and {} more", finding.calls.size() - kShown);
    return fmt::format("{}: {}", names, finding.message);
}

}  // namespace callgate::profiles
