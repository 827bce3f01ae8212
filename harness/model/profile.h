#pragma once

#include "harness/core/span.h"
#include "harness/model/arch.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::model {

/// A seccomp profile as the OCI runtime-spec's `linux.seccomp` says it (config-linux.md, "Seccomp"), with the place of
/// everything in the text it was read from; and what the formats of Docker and containers/common say beside it, which
/// holds in some surroundings only. Those parts are empty in a profile that was resolved for one of them
/// (profiles/resolve.h); only such a profile means one filter.
struct Profile {
    enum class ActionName { kill, kill_process, kill_thread, trap, error, trace, allow, log, notify };

    enum class Operator { ne, lt, le, eq, ge, gt, masked_eq };

    struct Argument {
        unsigned index = 0;           ///< 0 to 5
        std::uint64_t value = 0;      ///< for masked_eq: the mask
        std::uint64_t value_two = 0;  ///< for masked_eq: the datum
        Operator op = Operator::eq;
        core::Span span;
    };

    struct Name {
        std::string text;
        core::Span span;
    };

    /// `includes` or `excludes` of a rule.
    struct Conditions {
        std::vector<Name> caps;          ///< "CAP_SYS_ADMIN"
        std::vector<Name> arches;        ///< "amd64": the names of Go and of libseccomp's Go binding
        std::optional<Name> min_kernel;  ///< "4.8"

        [[nodiscard]] bool empty() const { return caps.empty() && arches.empty() && !min_kernel; }
    };

    struct Rule {
        std::vector<Name> names;
        ActionName action = ActionName::allow;
        std::optional<std::uint16_t> errno_ret;
        std::vector<Argument> args;
        core::Span span;
        std::string comment;             ///< for people; "" for none
        Conditions includes;             ///< all of them must be met for the rule to hold
        Conditions excludes;             ///< one of them is enough for the rule not to hold
        std::optional<Name> errno_name;  ///< "EPERM" or "1" of containers/common: counts more than errno_ret
        bool old_name = false;           ///< written with Docker's old `name`, which only some read
    };

    /// One line of `archMap`: what a host of this architecture runs besides.
    struct ArchMapping {
        Name architecture;  ///< "SCMP_ARCH_X86_64"; may be one that is not among known_archs()
        std::vector<Name> sub_architectures;
    };

    std::string name;    ///< what the user calls it: the path
    std::string format;  ///< "docker": how it was written (profiles/format.h)
    ActionName default_action = ActionName::error;
    core::Span default_action_span;
    std::optional<std::uint16_t> default_errno_ret;
    std::optional<Name> default_errno_name;  ///< as Rule::errno_name
    /// The architecture that the filter is made for, which is always part of it; absent: that of this host.
    std::optional<Arch> native;
    std::vector<Arch> architectures;
    std::vector<ArchMapping> arch_map;
    std::optional<std::vector<std::string>> flags;  ///< SECCOMP_FILTER_FLAG_…; absent is not the same as empty
    std::optional<std::string> listener_path;
    std::optional<std::string> listener_metadata;
    std::vector<Rule> rules;
    core::Span span;
};

/// True where something in the profile holds in some surroundings only, or is read by some runtimes only: it means one
/// filter once it was resolved.
bool is_conditional(const Profile& profile);
bool is_conditional(const Profile::Rule& rule);

/// "SCMP_ACT_ERRNO": the runtime-spec's spelling.
std::string_view oci_name(Profile::ActionName action);
std::string_view oci_name(Profile::Operator op);

}  // namespace callgate::model
