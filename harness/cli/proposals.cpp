#include "harness/cli/proposals.h"

#include "harness/core/number.h"
#include "profiles/repair.h"
#include "profiles/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace callgate::cli {

namespace {

void add_note(model::RunResult& run, std::string note) {
    if (std::find(run.notes.begin(), run.notes.end(), note) == run.notes.end()) run.notes.push_back(std::move(note));
}

/// The raw call, which run.json holds in words.
model::Call call_of(const model::Violation& violation) {
    model::Call call;
    call.nr = violation.nr;
    if (const auto arch = profiles::arch_named(violation.arch)) call.audit_arch = model::audit_arch(*arch);
    for (std::size_t i = 0; i < std::min(call.args.size(), violation.args.size()); ++i)
        call.args.at(i) = core::hexadecimal_in(violation.args[i]).value_or(0);
    return call;
}

bool is_as_it_was(const LoadedCandidate& candidate, const model::RunResult& run) {
    return std::any_of(run.inputs.begin(), run.inputs.end(), [&](const model::InputFile& input) {
        return input.path == candidate.input.path && input.sha256 == candidate.input.sha256;
    });
}

}  // namespace

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
            // Log mode may be the part of another shard.
            if (only_in_errno && !run.shard)
                add_note(run, candidate.candidate->name + ": a repair is proposed from log mode; run it too");
            continue;
        }
        if (!candidate.profile) {
            add_note(run, candidate.candidate->name + ": a compiled filter has no rules: no repair is proposed");
            continue;
        }
        run.proposals.push_back(profiles::repair(*candidate.profile, calls, candidate.resolve));
    }
}

void propose_again(const ProfileOptions& reading, model::RunResult& run) {
    std::set<std::string> found_wanting;
    for (auto& result : run.cases) {
        for (auto& violation : result.violations) violation.call = call_of(violation);
        if (!result.violations.empty() && !result.profile.empty()) found_wanting.insert(result.profile);
    }
    std::vector<LoadedCandidate> candidates;
    for (const auto& path : found_wanting) {
        core::Diagnostics problems;
        auto candidate = load_candidate(path, path, {}, reading, problems);
        if (candidate && is_as_it_was(*candidate, run)) {
            std::erase_if(run.proposals, [&](const model::Proposal& old) { return old.profile == path; });
            candidates.push_back(std::move(*candidate));
        } else {
            add_note(run, fmt::format("{} is not here as it was in the run: no repaired file is written", path));
        }
    }
    propose_repairs(candidates, run);
}

}  // namespace callgate::cli
