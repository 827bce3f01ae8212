#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/partition.h"
#include "harness/core/span.h"
#include "harness/document/node.h"
#include "harness/model/action.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "profiles/builder.h"
#include "profiles/filter.h"
#include "profiles/lint/entry_uses.h"
#include "profiles/targets.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// A profile as rules of lint look at it: its rules, its text, and what the compiled filter decides about every call.
/// One thread.
class LintSubject {
public:
    /// `root` is the JSON value that the profile was read from, or null; borrowed. A profile that is conditional needs
    /// a target; the filter is the one that its runtime installs where somebody `asked` for it, else what every runtime
    /// makes of the rules.
    LintSubject(model::Profile written, const document::Node* root, std::optional<Target> target = {},
                bool asked = false);

    /// As it is where it is used.
    [[nodiscard]] const model::Profile& profile() const { return profile_; }
    /// As it was read.
    [[nodiscard]] const model::Profile& written() const { return written_; }
    /// For which it was resolved; null where nothing had to be.
    [[nodiscard]] const Target* target() const { return target_ ? &*target_ : nullptr; }
    /// Somebody named the target.
    [[nodiscard]] bool asked() const { return asked_; }
    [[nodiscard]] const document::Node* root() const { return root_; }

    /// The architectures of the filter, the native one first.
    [[nodiscard]] const std::vector<model::Arch>& archs() const { return archs_; }
    [[nodiscard]] model::Arch native() const { return archs_.front(); }

    /// Null where the profile does not compile; then nothing is known of any call.
    [[nodiscard]] const Filter* filter() const { return filter_ ? &*filter_ : nullptr; }
    /// Why it does not; "" where it does.
    [[nodiscard]] const std::string& failure() const { return failure_; }

    /// What is decided about the calls of a name on an architecture: every argument is in one of the regions. Empty
    /// where the architecture has no such call, and where it is too complex to find out.
    [[nodiscard]] const std::vector<bpf::Region>& regions(model::Arch arch, std::string_view name) const;

    /// A permitted call among those of the name for which the condition holds; none where there is none.
    [[nodiscard]] std::optional<model::Call> permitted(model::Arch arch, std::string_view name,
                                                       const bpf::Condition& condition = {{{}}}) const;
    /// The same, of refused ones.
    [[nodiscard]] std::optional<model::Call> refused(model::Arch arch, std::string_view name) const;

    /// What decides: the name in the rule, or the default action.
    [[nodiscard]] core::Span place_of(const model::Call& call) const;

    /// The same for all calls that one rule decides: a number that is the rule's own, or the default action's.
    [[nodiscard]] std::size_t decider_of(const model::Call& call) const;

    /// What becomes of each name of each rule.
    [[nodiscard]] const std::vector<EntryUse>& uses() const;

    [[nodiscard]] const model::Profile::Rule& rule_of(const Entry& entry) const { return profile_.rules[entry.rule]; }
    [[nodiscard]] const model::Profile::Name& name_of(const Entry& entry) const {
        return rule_of(entry).names[entry.name];
    }

private:
    [[nodiscard]] std::optional<model::Call> find(model::Arch arch, std::string_view name, bool refused,
                                                  const bpf::Condition& condition) const;

    model::Profile written_;
    std::optional<Target> target_;
    bool asked_;
    model::Profile profile_;
    const document::Node* root_;
    std::vector<model::Arch> archs_;
    std::optional<Filter> filter_;
    std::string failure_;
    mutable std::optional<std::vector<bpf::Region>> whole_;  ///< empty where it was too complex
    mutable std::map<std::pair<std::uint32_t, std::int32_t>, std::vector<bpf::Region>> regions_;
    mutable std::optional<std::vector<EntryUse>> uses_;
};

}  // namespace callgate::profiles
