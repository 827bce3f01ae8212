#pragma once

#include "profiles/score.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// What `callgate score` says.
struct ScoreReport {
    std::vector<Score> scores;
    std::vector<Exceeded> exceeded;  ///< gates that are not passed
};

/// For a terminal, 80 columns.
std::string render_text(const ScoreReport& report);
/// Tables for a pull request.
std::string render_markdown(const ScoreReport& report);
/// harness/docs/score-json.md says what is in it.
std::string render_json(const ScoreReport& report);

/// "61 of 383 calls permitted, 3 of them under conditions".
std::string words_of(const ArchScore& score);

/// "permits 310 calls, 10 more than --max-permitted 300"
std::string words_of(const Exceeded& exceeded);

}  // namespace callgate::profiles
