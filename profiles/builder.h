#pragma once

#include "harness/bpf/program.h"
#include "harness/core/result.h"
#include "harness/model/profile.h"

#include <cstddef>
#include <vector>

namespace callgate::profiles {

/// A name of a rule, as indices into Profile::rules and Rule::names.
struct Entry {
    std::size_t rule = 0;
    std::size_t name = 0;
};

/// What each return of the built filter says.
enum class Returns {
    actions,  ///< the profile's actions: the filter that a runtime would load
    entries,  ///< for an entry TRACE with its index into Built::entries, otherwise KILL: says which rule decides
};

struct Built {
    bpf::Program program;
    std::vector<Entry> entries;  ///< in the order in which they were given to libseccomp
};

/// Hands the profile to libseccomp in the way runc does (libcontainer/seccomp/seccomp_linux.go) and takes the filter
/// out of it, checked. An error names the profile's file and, where one rule is at fault, its line.
core::Result<Built> build(const model::Profile& profile, Returns returns);

}  // namespace callgate::profiles
