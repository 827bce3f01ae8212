#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/program.h"
#include "harness/core/result.h"
#include "harness/model/action.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/run_result.h"
#include "profiles/builder.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

class Attribution;

/// What decides about a call.
struct Decider {
    enum class By {
        rule,            ///< `entry`
        default_action,  ///< no rule holds
        architecture,    ///< the profile does not list it: libseccomp kills every call of it
        runtime,         ///< what the runtime puts in front of the profile's filter (runc: ENOSYS for unknown numbers)
        program,         ///< the compiled filter; nothing is known of rules
    };
    By by = By::program;
    Entry entry;
    model::Place place;  ///< of the name in the rule, or of the default action; line 0 for the others
    model::Place rule;   ///< of the whole rule; line 0 where none decides
};

/// "rule", "default-action", "architecture-not-listed", "runtime", "program": as JSON has it.
std::string_view name_of(Decider::By by);

/// A compiled filter, with the profile that it comes from where there is one: what is compared and explained.
class Filter {
public:
    /// Compiles the profile.
    static core::Result<Filter> of(model::Profile profile);
    /// A profile, and what a runtime makes of it.
    Filter(model::Profile profile, bpf::Program program);
    /// A filter of which nothing else is known. It must have passed bpf::check().
    Filter(std::string name, bpf::Program program);

    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const bpf::Program& program() const { return program_; }
    [[nodiscard]] const model::Profile* profile() const { return profile_.get(); }  ///< null when there is none

    /// The architectures that it tells apart from all others. Of a filter without a profile: found by looking at every
    /// decision, none when it is too complex for that.
    [[nodiscard]] std::vector<model::Arch> archs() const;

    [[nodiscard]] model::Action answer(const model::Call& call) const;
    /// Any thread. The first question compiles the profile once more.
    [[nodiscard]] Decider decider(const model::Call& call) const;
    /// What decides about the calls of this architecture and number for which the condition holds, all of which are
    /// answered alike: first what decides about `call`, which is one of them, then the other rules.
    [[nodiscard]] std::vector<Decider> deciders(const model::Call& call, const bpf::Condition& condition) const;

private:
    std::string name_;
    bpf::Program program_;
    std::unique_ptr<const model::Profile> profile_;
    std::unique_ptr<const Attribution> attribution_;  ///< null when there is no profile
};

}  // namespace callgate::profiles
