#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/profile.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace callgate::profiles {

/// What a way of writing the runtime-spec's `linux.seccomp` allows besides it, or in place of it.
struct SpecDialect {
    bool conditions = false;  ///< archMap, includes, excludes, name
    /// comment. (The runtime-spec has none, and whoever reads it has to pass over what it does not know: config.md,
    /// "Extensibility".)
    bool comments = true;
    bool errno_names = false;                        ///< defaultErrno, errno
    bool default_errno = true;                       ///< defaultErrnoRet
    bool native_token = false;                       ///< SCMP_ARCH_NATIVE
    bool plain_strings = false;                      ///< strings need no quotes (YAML)
    bool zero_errno_is_none = false;                 ///< an errnoRet of 0 says nothing
    bool value_required = true;                      ///< of an argument filter; otherwise an absent one is 0
    std::span<const std::string_view> other_keys{};  ///< that the caller reads
};

/// The profile that a mapping holds, or none after every mistake was reported at its place.
/// Warns of what runtimes pass over in silence.
std::optional<model::Profile> read_spec(const document::Node& node, const SpecDialect& dialect,
                                        core::Diagnostics& diagnostics);

/// The errno that containers/common takes a word for: a name, or a decimal number up to 4094.
std::optional<std::uint16_t> errno_of(std::string_view name);

}  // namespace callgate::profiles
