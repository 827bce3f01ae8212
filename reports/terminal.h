#pragma once

#include "harness/model/run_result.h"

#include <string>

namespace callgate::reports {

/// How the terminal wants it. The caller looks at the terminal, NO_COLOR and the locale; a report looks at nothing.
struct TerminalStyle {
    bool colour = false;
    bool unicode = true;  ///< false: nothing but ASCII is printed
    int width = 80;       ///< columns to stay within where possible
    bool verbose = false;
    bool stacks = false;  ///< whole stacks also where the rest is short
    /// Where the report files of this run lie, for the commands that name them; "" when none were written.
    std::string directory = "callgate-report";
};

/// What a person wants to read after a run: the verdict, the evidence, what to do. A run that passed takes a few lines.
/// Untrusted text is printable, never at the start of a line and never a command to a CI system.
std::string render_terminal(const model::RunResult& run, const TerminalStyle& style);

}  // namespace callgate::reports
