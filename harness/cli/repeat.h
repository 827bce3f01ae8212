#pragma once

#include "harness/cli/command.h"
#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace callgate::cli {

/// One case of an earlier run, to be run again. Paths are good from the current directory.
struct Repetition {
    std::vector<std::string> words;   ///< of the command line that made the report, callgate's own name first
    std::filesystem::path directory;  ///< where that was, what the words are relative to; "" for here
    std::string plan;                 ///< "" for a report of `callgate run`
    std::string profile;              ///< "" in baseline mode
    model::Mode mode = model::Mode::log;
    std::vector<std::string> scenarios;  ///< globs; empty: none, startup and shutdown only
    bool hold = false;                   ///< stop before refused calls, for a debugger
    std::vector<std::string> warnings;   ///< what is not as it was
};

/// Finds out what it takes to run the case again. The error says what is missing and what to do about it.
core::Result<Repetition> repetition_of(const model::RunResult& run, const model::CaseResult& which);

/// Each does what its command does with the recorded options, but for this one case only, with every detail shown and
/// all reports in `out`. `invocation` holds the recorded words. The exit code is that of the run.
int repeat_test(const Repetition& what, const std::string& out, const Invocation& invocation);
int repeat_run(const Repetition& what, const std::string& out, const Invocation& invocation);

}  // namespace callgate::cli
