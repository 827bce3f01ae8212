#pragma once

#include "harness/model/run_result.h"

#include <string>
#include <utility>
#include <vector>

namespace callgate::reports {

/// What the files of one proposal are called below the report directory. For a single proposal "profile.proposed.json"
/// and "profile.diff"; for several, after the profile's own name, made safe and unlike all others.
struct ProposalNames {
    std::string profile;
    std::string diff;
};

/// One for each of run.proposals, in their order.
std::vector<ProposalNames> proposal_names(const model::RunResult& run);

/// The repaired profiles and their diffs: file name and text. Nothing for a proposal that holds no text.
std::vector<std::pair<std::string, std::string>> proposal_files(const model::RunResult& run);

}  // namespace callgate::reports
