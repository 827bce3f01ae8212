#pragma once

#include "harness/model/run_result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace callgate::reports {

/// One violation and the case that saw it.
struct Sighting {
    const model::CaseResult* in = nullptr;
    const model::Violation* what = nullptr;
    std::uint64_t count = 0;  ///< its own, and that of others that would be shown in the same words
};

/// One thing that a profile refuses (profile, architecture, system call, action, rule) with everything seen of it.
/// What log mode saw stands in front; the counts of different modes are never added up.
struct Finding {
    const model::CaseResult* in = nullptr;    ///< of the first sighting
    const model::Violation* first = nullptr;  ///< stands for the others: names, action, rule
    std::string fix;                          ///< the first that is known
    std::vector<std::string> exact_rules;  ///< each that admits one of its calls and no other, in order of appearance
    std::vector<Sighting> sightings;

    [[nodiscard]] std::uint64_t count(model::Mode mode) const;
};

/// All findings of some cases, in order of appearance, those of log mode first. Points into the cases.
std::vector<Finding> findings(const std::vector<const model::CaseResult*>& cases);
std::vector<Finding> findings(const model::RunResult& run);

/// "×5 in log mode, ×9 in errno mode" with the sign that is given.
std::string count_words(const Finding& finding, std::string_view times);

}  // namespace callgate::reports
