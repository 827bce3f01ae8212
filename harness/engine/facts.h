#pragma once

#include "harness/model/run_result.h"
#include "harness/ports/workload.h"

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace callgate::engine {

/// A result with the time and the host filled in.
model::RunResult begin_result();

/// "NAME=value" for each.
std::vector<std::string> as_environment(const std::map<std::string, std::string>& variables);

/// "SIGTERM", or "signal 40".
std::string signal_name(int number);

/// model::describe() as the end of a sentence about the workload: "exited with 1", "was killed by SIGSEGV".
std::string what_happened(const model::ProcessEnd& end);

/// What is wrong with how the workload ended after it was told to stop, or "".
std::string stop_problem(const ports::StopSpec& stop, const model::ProcessEnd& end);

/// "nginx[123]" for each, for messages.
std::vector<std::string> process_names(const std::vector<pid_t>& pids);

}  // namespace callgate::engine
