#pragma once

#include "harness/cli/command.h"
#include "harness/cli/test_plan.h"
#include "harness/engine/engine.h"
#include "harness/ports/events.h"

#include <string>

namespace callgate::cli {

/// When the reference run is done.
enum class Baseline {
    kept,   ///< one of the last day is good enough: of the same plan, files, programs, kernel and callgate
    fresh,  ///< now
    none,   ///< never: oracles that compare say nothing
};

/// Of everything that a workload's behaviour may depend on, as far as it can be told from outside: the plan, profiles,
/// files, programs, environment, kernel and callgate itself.
std::string fingerprint_of(const TestPlan& test);

/// Gives the plan what its workload does without a profile: from the cache, or by running it now. The cases of that
/// run; none when it came from the cache. The cache is $CALLGATE_CACHE, $XDG_CACHE_HOME/callgate or
/// ~/.cache/callgate; one that cannot be written is no error.
std::vector<model::CaseResult> take_reference(TestPlan& test, Baseline baseline, ports::Runner& runner,
                                              ports::EventSink& events, const Invocation& invocation);

}  // namespace callgate::cli
