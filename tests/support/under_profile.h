#pragma once

#include "harness/bpf/program.h"
#include "harness/core/cancel.h"
#include "harness/engine/engine.h"
#include "harness/model/run_result.h"
#include "runners/trap_backend.h"

#include <string>
#include <vector>

namespace callgate::tests {

/// What a command did under a profile.
struct Ran {
    model::CaseResult result;
    std::string output;  ///< stdout and stderr

    /// Exact number of refusals of a call.
    [[nodiscard]] std::uint64_t refused(const std::string& syscall) const;
    [[nodiscard]] std::uint64_t refused_in_all() const;
};

/// How a command is watched.
struct Watch {
    const runners::TrapBackend& backend = *runners::trap_backends().front();
    std::vector<std::string> never_let_through = engine::never_let_through();
};

/// Runs `command` (its program: a path, or the name of one of tests/programs) to its end under the profile; in baseline
/// mode without one.
Ran run_under(const std::string& profile_json, model::Mode mode, std::vector<std::string> command,
              const Watch& watch = {});

/// The same under a filter that no profile can describe.
Ran run_under(const bpf::Program& filter, model::Mode mode, std::vector<std::string> command, const Watch& watch = {});

/// A profile that permits everything but `name`, which gets `action` ("SCMP_ACT_ERRNO"…) with errno `error`, by
/// whichever ABI of the native machine it is called.
std::string denying(const std::string& name, const std::string& action = "SCMP_ACT_ERRNO", int error = 1);

}  // namespace callgate::tests
