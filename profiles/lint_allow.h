#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/result.h"
#include "harness/core/span.h"
#include "harness/document/node.h"
#include "profiles/lint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// A finding that somebody has looked at and accepts.
struct Allowance {
    const LintRule* rule = nullptr;
    std::string profile;  ///< a glob that the path or the name of the file must match; "" for every file
    std::string syscall;  ///< only what is said of this call; "" for all
    std::string reason;   ///< never empty
    core::Span span;      ///< of the entry; unknown for one of the command line
    bool used = false;    ///< it matched something
};

/// A file of allowances (.callgate-lint.yaml): `version: 1` and a list `allow` of {id, profile, syscall, reason}.
/// None after every mistake was reported at its place; an entry without a reason is one.
std::optional<std::vector<Allowance>> read_allowances(const document::Source& source, core::Diagnostics& diagnostics);

/// `CG0012=reason`, as on a command line.
core::Result<Allowance> read_allowance(std::string_view word);

struct AllowedFinding {
    Finding finding;
    std::string reason;
};

/// Takes out of `findings` what is allowed for the profile, and gives it back. A finding about several calls keeps
/// those that no allowance names, and its safe repair as long as it is about all of them.
std::vector<AllowedFinding> take_allowed(std::vector<Finding>& findings, const std::string& profile,
                                         std::vector<Allowance>& allowances);

}  // namespace callgate::profiles
