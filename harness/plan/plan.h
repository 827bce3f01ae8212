#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/core/span.h"
#include "harness/document/node.h"
#include "harness/model/mode.h"
#include "harness/model/run_result.h"
#include "harness/ports/oracles.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callgate::plan {

/// The environment that callgate itself was started with.
using Environment = std::map<std::string, std::string>;

struct ScenarioPlan {
    std::string name;
    model::Place place;
    core::Span span;
    std::vector<document::Node> steps;                ///< as written, `${...}` not replaced; empty with `use`
    std::optional<document::Node> workload_override;  ///< as written; for merge_workload
    core::Milliseconds within{0};                     ///< 0: the sum of its steps' limits
    std::string use;                                  ///< a scenario of the shipped library, or ""
    core::Span use_span;
    std::map<std::string, document::Node> with;  ///< parameters of `use`, as written
    std::vector<std::string> tags;
    ports::OracleSettings oracles;  ///< in place of the plan's, oracle by oracle
};

/// A refusal that is known and wanted.
struct ExpectedRefusal {
    std::string syscall;
    std::string reason;
    std::optional<std::string> until;  ///< YYYY-MM-DD: the last day on which it is expected
    model::Place place;
};

struct ProfileRef {
    std::string path;  ///< as the plan names it; relative to Plan::directory
    core::Span span;
};

struct Plan {
    std::string name;
    document::Node workload;           ///< as written, `${...}` not replaced
    std::vector<std::string> ports;    ///< names; each becomes `${port.NAME}`
    std::vector<ProfileRef> profiles;  ///< may be empty: recording needs none
    std::vector<model::Mode> modes{model::Mode::log, model::Mode::error, model::Mode::enforce};
    std::vector<ExpectedRefusal> expected;
    ports::OracleSettings oracles;
    std::vector<ScenarioPlan> scenarios;
    std::filesystem::path directory;  ///< of the plan file
    document::Source source;
};

/// Reads and checks everything in a plan except what only the step kinds understand: the steps themselves, and
/// `workload.ready`. All mistakes are reported in one go, so the plan is given back even when there were some (see
/// Diagnostics::has_errors) and the steps can be checked too; none only where the root is no plan at all.
/// The workload and every override of it are expanded with known_variables() and read; files that they name are opened.
std::optional<Plan> read_plan(const document::Node& root, const std::filesystem::path& directory,
                              const Environment& environment, core::Diagnostics& diagnostics);

}  // namespace callgate::plan
