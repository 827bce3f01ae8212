#include "profiles/recorded.h"

#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/syscall_table.h"
#include "profiles/format.h"
#include "profiles/port.h"
#include "profiles/seen_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

/// More rules for one call say less than the call's name does.
constexpr std::size_t kMostValues = 16;
constexpr std::uint64_t kLowerHalf = 0xFFFFFFFF;

class Recorded {
public:
    Recorded(const model::Evidence& evidence, const RecordedChoices& choices, const std::string& name)
        : evidence_{evidence}, choices_{choices} {
        const auto source = std::make_shared<const core::SourceText>(core::SourceText{name, ""});
        profile_.name = name;
        profile_.span = {source, 0, 0};
        profile_.default_action = Profile::ActionName::error;
    }

    RecordedProfile make() {
        list_architectures();
        permit_calls();
        refuse_softly();
        for (const auto arch : choices_.for_archs) predict(arch);
        auto written = find_format("oci")->write(profile_);
        core::ensure(written.has_value(), "a recorded profile cannot be written");
        std::sort(notes_.begin(), notes_.end());
        return {std::move(written->text), std::move(notes_), std::move(predicted_)};
    }

private:
    using Calls = std::vector<const model::CallEvidence*>;

    void list_architectures() {
        for (const auto& info : model::known_archs()) {
            const auto seen = std::any_of(evidence_.calls.begin(), evidence_.calls.end(),
                                          [&](const auto& call) { return call.arch == info.short_name; });
            if (seen) profile_.architectures.push_back(info.arch);
        }
        if (profile_.architectures.empty()) profile_.architectures.push_back(model::native_arch());
    }

    void permit_calls() {
        std::map<std::string, Calls> by_name;
        for (const auto& call : evidence_.calls) by_name[call.syscall].push_back(&call);
        for (const auto& reason : choices_.more) by_name[reason.syscall];
        Profile::Rule plain;
        for (const auto& [name, calls] : by_name) {
            if (!model::known_syscall(name)) {
                notes_.push_back(fmt::format("{} was made and has no name here: no profile can permit it", name));
                continue;
            }
            if (!model::libseccomp_knows(name))
                notes_.push_back(
                    fmt::format("{} is not known to the libseccomp of this host, which leaves it out", name));
            permitted_.insert(name);
            if (choices_.args && !calls.empty() && permit_values(name, calls)) continue;
            plain.names.push_back({name, profile_.span});
        }
        if (!plain.names.empty()) profile_.rules.insert(profile_.rules.begin(), std::move(plain));
    }

    /// True where the call is permitted with the values that were seen.
    bool permit_values(const std::string& name, const Calls& calls) {
        const auto* kept = model::recorded_arguments(name);
        if (kept == nullptr || kept->in_memory || is_asked_for_otherwise(name)) return false;
        std::vector<std::vector<Profile::Argument>> alternatives;
        for (const auto* call : calls) {
            if (const auto why = unstable(*call); !why.empty()) {
                notes_.push_back(fmt::format("{}: its arguments are not asked for: {}", name, why));
                return false;
            }
            for (const auto& seen : call->values) {
                auto args = arguments_of(*call, *kept, seen);
                if (!args) return false;
                if (std::find_if(alternatives.begin(), alternatives.end(),
                                 [&](const auto& other) { return same(other, *args); }) == alternatives.end())
                    alternatives.push_back(std::move(*args));
            }
        }
        if (alternatives.empty()) return false;
        if (alternatives.size() > kMostValues) {
            notes_.push_back(fmt::format("{}: its arguments are not asked for: {} different ones were seen", name,
                                         alternatives.size()));
            return false;
        }
        for (auto& args : alternatives) {
            Profile::Rule rule;
            rule.names.push_back({name, profile_.span});
            rule.args = std::move(args);
            profile_.rules.push_back(std::move(rule));
        }
        return true;
    }

    [[nodiscard]] bool is_asked_for_otherwise(const std::string& name) const {
        return std::any_of(choices_.more.begin(), choices_.more.end(),
                           [&](const LockedReason& reason) { return reason.syscall == name; });
    }

    /// Why a rule about its arguments would be narrower than what every run needs, or "".
    [[nodiscard]] std::string unstable(const model::CallEvidence& call) const {
        if (call.untold != 0) return "not every value was kept";
        if (evidence_.runs < 2) return "one run does not show whether they are always the same; --repeat shows more";
        const bool all = std::all_of(call.values.begin(), call.values.end(),
                                     [&](const auto& seen) { return seen.runs == evidence_.runs; });
        return all ? "" : "not every run saw the same ones";
    }

    /// None where the kernel's view of an argument is not known.
    static std::optional<std::vector<Profile::Argument>> arguments_of(const model::CallEvidence& call,
                                                                      const model::RecordedArguments& kept,
                                                                      const model::ValuesEvidence& seen) {
        const auto arch = arch_called(call.arch);
        const auto parameters = arch ? model::parameters(*arch, call.syscall) : std::nullopt;
        if (!parameters) return std::nullopt;
        std::vector<Profile::Argument> args;
        for (std::size_t i = 0; i < seen.values.size(); ++i) {
            const unsigned index = kept.arguments.at(i);
            if (index >= parameters->size()) return std::nullopt;
            Profile::Argument argument;
            argument.index = index;
            if ((*parameters)[index].bits <= 32) {
                // The kernel reads no more: whatever stands in the upper half is the same call.
                argument.op = Profile::Operator::masked_eq;
                argument.value = kLowerHalf;
                argument.value_two = seen.values[i] & kLowerHalf;
            } else {
                argument.value = seen.values[i];
            }
            args.push_back(argument);
        }
        return args;
    }

    static bool same(const std::vector<Profile::Argument>& a, const std::vector<Profile::Argument>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
            return x.index == y.index && x.op == y.op && x.value == y.value && x.value_two == y.value_two;
        });
    }

    /// What libraries try first must not look as if it had failed.
    void refuse_softly() {
        if (!choices_.enosys) return;
        Profile::Rule rule;
        rule.action = Profile::ActionName::error;
        rule.errno_ret = ENOSYS;
        rule.comment = kSoftRefusal;
        for (const auto& name : calls_with_fallback()) {
            const bool exists = std::any_of(profile_.architectures.begin(), profile_.architectures.end(),
                                            [&](auto arch) { return model::syscall_number(arch, name).has_value(); });
            if (exists && permitted_.count(name) == 0) rule.names.push_back({name, profile_.span});
        }
        if (!rule.names.empty()) profile_.rules.push_back(std::move(rule));
    }

    /// What the calls of the recorded architecture are elsewhere.
    void predict(model::Arch arch) {
        const auto listed = profile_.architectures;
        if (std::find(listed.begin(), listed.end(), arch) != listed.end()) return;
        auto ported = port(profile_, made_on(profile_), arch);
        core::ensure(ported.has_value(), "a recorded profile cannot be ported");
        for (auto& rule : ported->profile.rules) {
            if (rule.comment.rfind(kPredicted, 0) != 0) continue;
            for (const auto& name : rule.names)
                predicted_.push_back(
                    {name.text, "predicted", fmt::format("on {}: {}", model::arch_name(arch), rule.comment)});
            profile_.rules.push_back(std::move(rule));
        }
        for (const auto& note : ported->notes) {
            if (note.kind == PortNote::Kind::lost || note.kind == PortNote::Kind::stricter)
                notes_.push_back(fmt::format("on {}: {}", model::arch_name(arch), note.text));
        }
        profile_.architectures.push_back(arch);
    }

    const model::Evidence& evidence_;
    const RecordedChoices& choices_;
    Profile profile_;
    std::set<std::string> permitted_;
    std::vector<std::string> notes_;
    std::vector<LockedReason> predicted_;
};

}  // namespace

RecordedProfile recorded_profile(const model::Evidence& evidence, const RecordedChoices& choices,
                                 const std::string& name) {
    return Recorded{evidence, choices, name}.make();
}

}  // namespace callgate::profiles
