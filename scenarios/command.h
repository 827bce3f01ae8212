#pragma once

#include "harness/core/clock.h"
#include "harness/model/run_result.h"
#include "harness/ports/step.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::scenarios {

/// The executable that execvp(3) would take: a name with a slash as it is, any other one looked for along
/// `search_path`; none when there is no such executable file.
std::optional<std::string> find_program(const std::string& name, std::string_view search_path);

/// "no program 'pgbench' on PATH (/usr/bin:/bin); install it, or …"
std::string missing_program(const std::string& name, std::string_view search_path);

/// How a command of the plan's own went.
struct CommandResult {
    enum class How {
        ended,
        not_started,  ///< `problem` says why
        timed_out,    ///< killed at the deadline
        cancelled,    ///< killed because the user wants to stop
        enough,       ///< killed because the other side of a `during` is done
    };
    How how = How::ended;
    model::ProcessEnd end;
    std::string problem;
    std::string out;  ///< of long output the beginning and the end
    std::string err;
};

/// Output that is kept of each stream; the middle of longer output is dropped.
constexpr std::size_t kKeptOutput = std::size_t{64} * 1024;

/// Runs a program without confinement, in a session of its own, with the workload's environment and directory.
/// Neither it nor anything it started lives on when this returns.
CommandResult run_command(const ports::StepContext& context, const std::vector<std::string>& argv,
                          core::SteadyTime deadline);

/// The last line that says something, for a message; "" when there is none.
std::string last_line(std::string_view text);

}  // namespace callgate::scenarios
