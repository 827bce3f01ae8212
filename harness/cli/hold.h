#pragma once

#include "harness/cli/command.h"
#include "harness/ports/launch.h"

namespace callgate::cli {

/// Tells on stderr which process is held and how to attach a debugger, and returns when the user presses Enter at the
/// terminal, sends SIGUSR1 to callgate, or ends the run. Make the runner first: it changes the disposition of SIGUSR1.
ports::HoldFunction hold_for_a_person(const Invocation& invocation);

}  // namespace callgate::cli
