#pragma once

#include "harness/plan/plan.h"
#include "harness/ports/variables.h"

#include <cstdint>
#include <map>
#include <string>

namespace callgate::plan {

/// What `${...}` stands for in one instance of the plan's workload: `workdir`, `plan.dir`, `port.NAME`, and `env.NAME`
/// for those names only that the plan mentions and the environment has.
ports::Variables variables(const Plan& plan, const Environment& environment, const std::string& workdir,
                           const std::map<std::string, std::uint16_t>& ports);

/// The same with placeholders (ports 1, workdir /workdir), to check a plan before anything is launched.
ports::Variables known_variables(const Plan& plan, const Environment& environment);

/// Adds every `env.NAME` that `text` mentions and the environment has.
void add_environment(const std::string& text, const Environment& environment, ports::Variables& variables);

}  // namespace callgate::plan
