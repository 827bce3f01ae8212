#pragma once

#include "harness/core/clock.h"
#include "harness/ports/step.h"
#include "scenarios/http/load.h"

#include <cstdint>
#include <string>
#include <vector>

namespace callgate::scenarios {

/// Each asks once, by `deadline` at the latest, whether the workload shows what is wanted: "" when it does, else what
/// was seen instead.

/// `spec` asks one request on one connection.
std::string probe_http(const http::LoadSpec& spec, const ports::StepContext& context, core::SteadyTime deadline);

/// A connection that is accepted; by the kernel, so it says less than an answer does.
std::string probe_tcp(const http::Endpoint& endpoint, const ports::StepContext& context, core::SteadyTime deadline);

/// Text anywhere in the workload's output, or behind its first `from` bytes.
std::string probe_log(const std::string& text, const ports::StepContext& context, std::int64_t from = 0);

/// A command that exits with 0.
std::string probe_exec(const std::vector<std::string>& command, const ports::StepContext& context,
                       core::SteadyTime deadline);

}  // namespace callgate::scenarios
