#pragma once

#include "harness/bpf/condition.h"
#include "harness/model/action.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/run_result.h"
#include "profiles/builder.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callgate::profiles {

/// Tells which rule of a profile decides about calls. It asks libseccomp: the profile is compiled once more with the
/// number of each rule in place of its action, so precedence, repeated arguments and multiplexed calls are its own.
/// Where the call's name does not tell which name of the rule it was (accept, a part of socketcall), once more with
/// the number of each name.
/// That happens at the first question: most runs have none, and compiling is most of their start. Any thread may ask.
class Attribution {
public:
    /// The profile is borrowed and must outlive this.
    explicit Attribution(const model::Profile& profile) : profile_{profile} {}

    /// The entry that decides about the call; none when the default action or an architecture outside of the profile
    /// does.
    [[nodiscard]] std::optional<Entry> decider(const model::Call& call) const;

    /// The entry that made the filter answer `action`; none when no rule did. Other than decider() it does not name a
    /// rule that says something else, where libseccomp's two filters differ.
    [[nodiscard]] std::optional<Entry> entry_of(const model::Call& call, model::Action action) const;

    /// The rules that decide about some call of this architecture and number for which the condition holds, in the
    /// profile's order, each with one of its names that do.
    [[nodiscard]] std::vector<Entry> deciders(const model::Call& call, const bpf::Condition& condition) const;

    /// All those names, with none in front where the default action, or an architecture outside of the profile, decides
    /// about some of those calls. No answer where it is too complex to tell.
    [[nodiscard]] std::vector<std::optional<Entry>> possible_deciders(const model::Call& call,
                                                                      const bpf::Condition& condition) const;

    /// The name in the rule that made the filter answer `action`, or the default action's place.
    [[nodiscard]] model::Place rule_of(const model::Call& call, model::Action action) const;

private:
    [[nodiscard]] std::optional<Entry> first_that_says(const model::Call& call, model::Action action) const;

    /// The label that the filter gives the call; none when the default action or an architecture decides.
    static std::optional<std::size_t> label(const bpf::Program& program, const model::Call& call);

    // Both with an empty program when the profile does not compile.
    [[nodiscard]] const Built& by_rule() const;
    [[nodiscard]] const Built& by_entry() const;

    const model::Profile& profile_;
    mutable std::once_flag by_rule_compiled_;
    mutable std::once_flag by_entry_compiled_;
    mutable Built by_rule_;
    mutable Built by_entry_;
};

/// As Attribution::rule_of, for a single question: compiles the profile each time.
model::Place rule_of(const model::Profile& profile, const model::Call& call, model::Action action);

/// What a person would change so that the profile permits the call, in one sentence without a full stop:
/// `add "mkdir" to the names of the rule at nginx.json:9`.
std::string fix_of(const model::Profile& profile, const model::Call& call);

}  // namespace callgate::profiles
