#pragma once

#include "harness/core/clock.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::model {

/// How much a workload needs a system call that its profile permits, as far as its scenarios show.
enum class Need {
    essential,  ///< refused, a scenario fails
    degraded,   ///< refused, all pass, but slower or with complaints in the log
    tolerated,  ///< refused, nobody notices: the workload falls back on something
    unused,     ///< nobody makes it
};

/// "essential", "degraded"…
std::string_view need_name(Need need);

/// What was found out about a permitted call.
struct CallNeed {
    std::string syscall;
    Need need = Need::unused;
    std::set<std::string> uses;  ///< the scenarios that make it, startup and shutdown among them
    std::string scenario;        ///< as TrialResult
    std::string why;
    bool not_together = false;  ///< tolerated alone, and not when all others that are tolerated are refused as well
};

/// What taking permissions out one by one, and running the scenarios, found out about a profile.
struct Minimization {
    std::string plan;
    std::string profile;
    std::vector<CallNeed> calls;  ///< every permitted one, by name
    std::size_t trials = 0;       ///< all that were needed
    std::size_t remembered = 0;   ///< of those, played by an earlier call of callgate
    core::Milliseconds duration{0};
    std::vector<std::string> notes;
};

/// True where the profile would do without permitting it.
bool dispensable(const CallNeed& call);

}  // namespace callgate::model
