#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/span.h"
#include "profiles/builder.h"
#include "profiles/edits.h"
#include "profiles/lint/subject.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

struct LintRule;

/// One thing that a rule of lint holds against a profile.
struct Finding {
    struct Call {
        std::string name;
        std::string detail;  ///< what is to be said of this one; may be empty
    };

    const LintRule* rule = nullptr;
    core::Severity severity = core::Severity::warning;
    core::Span span;
    std::vector<Call> calls;      ///< the system calls that it is about; empty where it is about none
    std::string message;          ///< lowercase, no full stop; follows the names
    std::string witness;          ///< a call that shows it, "socket(family=AF_VSOCK)"; may be empty
    std::string fix;              ///< what to do
    std::vector<Entry> removals;  ///< a safe repair: the names go, and the filter stays the same
    std::vector<Edit> edits;      ///< a safe repair: the text changes in this way

    [[nodiscard]] bool has_safe_fix() const { return !removals.empty() || !edits.empty(); }
};

/// Where rules put what they find.
class Findings {
public:
    explicit Findings(const LintRule& rule) : rule_{rule} {}

    /// Adds a finding of the rule, with the rule's severity.
    Finding& add(core::Span span, std::string message);
    [[nodiscard]] std::vector<Finding>& all() { return all_; }

private:
    const LintRule& rule_;
    std::vector<Finding> all_;
};

/// What lint looks for: one line of lint_rules.inc, one page in harness/docs/lint.
struct LintRule {
    std::string_view id;    ///< "CG0001"; never used again for another one
    std::string_view name;  ///< "dead-rule"
    core::Severity severity = core::Severity::warning;
    std::string_view summary;  ///< one line
    void (*look)(const LintSubject& subject, Findings& findings) = nullptr;
};

/// All of them, by id.
std::span<const LintRule> lint_rules();

/// The rule of an id or a name; null when there is none.
const LintRule* find_lint_rule(std::string_view word);

/// The page of a rule: Markdown, 80 columns.
std::string_view lint_page(const LintRule& rule);

/// What the rules find, in the order of the text. Pure but for libseccomp, bounded in time.
std::vector<Finding> lint(const LintSubject& subject);

/// What those find that look at the text alone: for a text that was not read as a profile, where they may say how to
/// correct it.
std::vector<Finding> lint_words(const LintSubject& subject);

/// "setns, unshare and 3 more: decide nothing": names in front of the message.
std::string headline(const Finding& finding);

}  // namespace callgate::profiles
