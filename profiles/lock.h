#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/result.h"
#include "harness/document/node.h"
#include "harness/model/evidence.h"
#include "harness/model/run_result.h"

#include <optional>
#include <string>
#include <vector>

namespace callgate::profiles {

/// A program that took part, as it was.
struct LockedProgram {
    std::string path;
    std::string sha256;
    std::string package;  ///< "nginx-light 1.22.1-9": what brought it, as the host's packages say; "" where unknown
    bool operator==(const LockedProgram&) const = default;
};

/// Why a rule is in a profile without having been seen.
struct LockedReason {
    std::string syscall;
    std::string kind;  ///< "base", "predicted" or "kept"
    std::string why;   ///< complete in itself: "runc makes it between loading the filter and execve"
};

/// What `callgate record` knew: everything that makes a recorded profile what it is, and the evidence of each rule.
struct Lock {
    std::string recorded_at;  ///< UTC, "2026-01-31T12:00:00"
    std::string callgate;     ///< version
    std::string recorder;     ///< "bpf"
    std::string kernel;       ///< uname -r
    std::string libc;         ///< "glibc 2.36"
    std::string workload;     ///< the plan's name, or the command
    std::string plan;         ///< path; "" for a command
    std::string plan_sha256;
    std::string profile_sha256;           ///< of the profile's bytes as they were written
    std::vector<model::InputFile> files;  ///< that the plan gives the workload
    std::vector<std::string> scenarios;   ///< that were played
    std::vector<LockedProgram> programs;
    model::Evidence evidence;
    std::vector<LockedReason> reasons;  ///< of rules without evidence
};

/// As JSON (harness/docs/lock-json.md), the same for the same lock; a line for each fact, so that diffs can be read.
std::string render_lock(const Lock& lock);

/// None after everything wrong was reported with its place.
std::optional<Lock> read_lock(const document::Source& source, core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
