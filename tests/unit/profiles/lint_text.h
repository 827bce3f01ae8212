#pragma once

#include "harness/document/node.h"
#include "profiles/lint.h"
#include "profiles/resolve.h"
#include "tests/unit/profiles/profile_text.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// A text as `callgate lint` takes it: also one that is no profile, of which only the words are looked at.
class Linted {
public:
    explicit Linted(const std::string& text) {
        const auto source = source_of(text);
        core::Diagnostics said;
        core::Diagnostics ignored;
        auto profile = load(source, said);
        if (auto root = document::parse_json(source, ignored))
            root_ = std::make_unique<document::Node>(std::move(*root));
        const bool readable = profile.has_value();
        if (!readable) {
            profile.emplace();
            profile->span = {source, 0, 0};
        }
        std::optional<Target> target;
        if (model::is_conditional(*profile)) target = own_target(*profile, {6, 1, 0});
        subject_ = std::make_unique<LintSubject>(std::move(*profile), root_.get(), std::move(target));
        findings_ = readable ? lint(*subject_) : lint_words(*subject_);
    }

    [[nodiscard]] const LintSubject& subject() const { return *subject_; }
    [[nodiscard]] const std::vector<Finding>& findings() const& { return findings_; }
    [[nodiscard]] std::vector<Finding> findings() && { return std::move(findings_); }

private:
    std::unique_ptr<document::Node> root_;
    std::unique_ptr<LintSubject> subject_;
    std::vector<Finding> findings_;
};

}  // namespace callgate::profiles
