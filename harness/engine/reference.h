#pragma once

#include "harness/engine/snapshot.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::engine {

/// What a workload does when it is free: the cases of a run without a profile.
struct Reference {
    std::map<std::string, Snapshot> cases;      ///< by scenario, "startup" and "shutdown" too
    std::map<std::string, std::string> faults;  ///< cases that did not pass there, and why: at fault themselves

    /// The same case; null when the reference run did not get to it, or when it failed there.
    [[nodiscard]] const Snapshot* find(const std::string& scenario) const;

    /// Adds a case. Lines of trouble are kept as digests, since output may hold secrets, and those of one case are
    /// those of all: when a line is written is chance.
    void add(const std::string& scenario, Snapshot snapshot);
};

/// As JSON, for a file that later runs read; without faults, which are for no later run.
std::string reference_text(const Reference& reference);
/// None when the text is no such thing.
std::optional<Reference> read_reference(std::string_view text);

}  // namespace callgate::engine
