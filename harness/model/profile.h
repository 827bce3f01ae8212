#pragma once

#include "harness/core/span.h"
#include "harness/model/arch.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::model {

/// A seccomp profile as the OCI runtime-spec's `linux.seccomp` says it (config-linux.md, "Seccomp"), with the place of
/// everything in the text it was read from.
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

    struct Rule {
        std::vector<Name> names;
        ActionName action = ActionName::allow;
        std::optional<std::uint16_t> errno_ret;
        std::vector<Argument> args;
        core::Span span;
    };

    std::string name;  ///< what the user calls it: the path
    ActionName default_action = ActionName::error;
    core::Span default_action_span;
    std::optional<std::uint16_t> default_errno_ret;
    std::vector<Arch> architectures;
    std::optional<std::vector<std::string>> flags;  ///< SECCOMP_FILTER_FLAG_…; absent is not the same as empty
    std::optional<std::string> listener_path;
    std::optional<std::string> listener_metadata;
    std::vector<Rule> rules;
    core::Span span;
};

/// "SCMP_ACT_ERRNO" and back; the runtime-spec's spelling.
std::string_view oci_name(Profile::ActionName action);
std::string_view oci_name(Profile::Operator op);

}  // namespace callgate::model
