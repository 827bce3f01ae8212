#pragma once

#include "harness/model/action.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/run_result.h"
#include "profiles/builder.h"

#include <mutex>
#include <optional>
#include <string>

namespace callgate::profiles {

/// Tells which rule of a profile decides about calls. It asks libseccomp: the profile is compiled once more with the
/// number of each rule in place of its action, so precedence, repeated arguments and multiplexed calls are its own.
/// That happens at the first question: most runs have none, and compiling is most of their start. Any thread may ask.
class Attribution {
public:
    /// The profile is borrowed and must outlive this.
    explicit Attribution(const model::Profile& profile) : profile_{profile} {}

    /// The entry that decides about the call; none when the default action or an architecture outside of the profile
    /// does.
    [[nodiscard]] std::optional<Entry> decider(const model::Call& call) const;

    /// The name in the rule that made the filter answer `action`, or the default action's place.
    [[nodiscard]] model::Place rule_of(const model::Call& call, model::Action action) const;

private:
    [[nodiscard]] std::optional<Entry> first_that_says(const model::Call& call, model::Action action) const;

    [[nodiscard]] const Built& labelled() const;  ///< empty program when the profile does not compile

    const model::Profile& profile_;
    mutable std::once_flag compiled_;
    mutable Built labelled_;
};

/// As Attribution::rule_of, for a single question: compiles the profile each time.
model::Place rule_of(const model::Profile& profile, const model::Call& call, model::Action action);

/// What a person would change so that the profile permits the call, in one sentence without a full stop:
/// `add "mkdir" to the names of the rule at nginx.json:9`.
std::string fix_of(const model::Profile& profile, const model::Call& call);

}  // namespace callgate::profiles
