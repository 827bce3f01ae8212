#pragma once

#include "harness/cli/candidate.h"
#include "harness/core/diagnostics.h"
#include "harness/engine/engine.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace callgate::cli {

/// What the command line says beside the plan.
struct Selection {
    std::vector<std::string> profiles;      ///< in place of the plan's; paths from the current directory
    ProfileOptions reading;                 ///< how profiles are read, and for which target
    std::vector<model::Mode> modes;         ///< in place of the plan's
    std::vector<std::string> scenarios;     ///< globs; empty: all
    std::vector<std::string> tags;          ///< one of them is wanted; empty: any or none
    std::vector<std::string> without_tags;  ///< none of them is wanted
    bool no_scenarios = false;              ///< none of them: startup and shutdown only
    bool no_profile = false;                ///< the plan's profiles are not read: baseline mode only
    std::vector<std::string> let_through;   ///< calls that log mode lets through although they harm the host
};

/// --scenario, --tag and --without-tag
void declare_scenarios(CLI::App& app, Selection& selection);

/// A plan made ready to run: everything that the user can get wrong was checked.
struct TestPlan {
    engine::RunPlan run;
    std::vector<LoadedCandidate> candidates;
    /// The first program and user of each workload, to look for before anything is launched.
    std::vector<ports::Workload> workloads;
    std::vector<model::InputFile> inputs;  ///< the plan, the profiles, the files that the workloads take
    std::vector<std::string> notes;
    std::size_t selected_scenarios = 0;
    bool has_scenarios = false;  ///< the plan has some, selected or not
    std::optional<model::Shard> shard{};
};

/// Reads the plan at `path` and everything it names. None after all that is wrong was reported.
/// `today` is YYYY-MM-DD, for expectations that end.
std::optional<TestPlan> load_test_plan(const std::string& path, const Selection& selection,
                                       const std::map<std::string, std::string>& environment, const std::string& today,
                                       core::Diagnostics& diagnostics);

}  // namespace callgate::cli
