#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/ports/step.h"

#include <string>
#include <vector>

namespace callgate::scenarios {

/// What is known of the workload when its steps are built.
struct BuildContext {
    std::string search_path;                  ///< PATH of its environment; "": programs are not looked for
    core::Milliseconds ready_within{10'000};  ///< how long its declared readiness may take
    core::Milliseconds start_within{10'000};  ///< how long starting it again may take, readiness included
    int stop_signal = 15;                     ///< as its `stop` says
    core::Milliseconds stop_within{10'000};
};

/// The steps of a scenario, from nodes whose `${...}` are replaced already. Steps with mistakes are reported and left
/// out; a program that this host does not have is a warning, since another host may.
std::vector<ports::StepPtr> build_steps(const std::vector<document::Node>& steps, core::Diagnostics& diagnostics,
                                        const BuildContext& context = {});

/// The same from a list that may turn out to be none.
std::vector<ports::StepPtr> build_steps(const document::Node& list, core::Diagnostics& diagnostics,
                                        const BuildContext& context = {});

/// Commands, each as `exec` has it: a list of words, or a mapping with `command`.
std::vector<ports::StepPtr> build_commands(const document::Node& list, core::Diagnostics& diagnostics,
                                           const BuildContext& context = {});

/// The readiness of a workload, from its `ready` mapping; Step::limit() is its `within`. Null after mistakes.
ports::StepPtr build_ready(const document::Node& ready, core::Diagnostics& diagnostics,
                           const BuildContext& context = {});

}  // namespace callgate::scenarios
