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
    rules,    ///< for a rule TRACE with its index in the profile, otherwise KILL: says which rule decides
    entries,  ///< for an entry TRACE with its index into Built::entries, otherwise KILL: takes libseccomp many times
              ///< longer
};

/// How a filter finds the number of a call: one number after the other, or by libseccomp's binary tree. The tree has a
/// quarter more instructions and evaluates at most some 25 of them, where the list of a large profile takes hundreds.
enum class Layout { list, tree };

/// What runc takes since 1.2 (github.com/opencontainers/runc/pull/3405): the tree for more than 32 names, counted once
/// per rule. Both answer alike but for mistakes of libseccomp, and those are to be seen here as they are in production.
Layout runtime_layout(const model::Profile& profile);

struct Built {
    bpf::Program program;
    std::vector<Entry> entries;  ///< in the order in which they were given to libseccomp
};

/// Hands the profile to libseccomp in the way runc does (libcontainer/seccomp/seccomp_linux.go) and takes the filter
/// out of it, checked. An error names the profile's file and, where one rule is at fault, its line.
core::Result<Built> build(const model::Profile& profile, Returns returns);

/// The same in a given layout.
core::Result<Built> build(const model::Profile& profile, Returns returns, Layout layout);

}  // namespace callgate::profiles
