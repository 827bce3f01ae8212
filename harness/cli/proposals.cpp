#include "harness/cli/proposals.h"

#include "profiles/repair.h"

#include <algorithm>
#include <vector>

namespace callgate::cli {

void propose_repairs(std::span<const LoadedCandidate> candidates, model::RunResult& run) {
    for (const auto& candidate : candidates) {
        std::vector<model::Call> calls;
        bool only_in_errno = false;
        for (const auto& result : run.cases) {
            if (result.profile != candidate.candidate->name) continue;
            for (const auto& violation : result.violations) {
                if (result.mode == model::Mode::log) calls.push_back(violation.call);
                only_in_errno |= result.mode == model::Mode::error;
            }
        }
        if (calls.empty()) {
            if (only_in_errno)
                run.notes.push_back(candidate.candidate->name + ": a repair is proposed from log mode; run it too");
            continue;
        }
        if (!candidate.profile) {
            run.notes.push_back(candidate.candidate->name + ": a compiled filter has no rules: no repair is proposed");
            continue;
        }
        run.proposals.push_back(profiles::repair(*candidate.profile, calls, candidate.resolve));
    }
}

}  // namespace callgate::cli
