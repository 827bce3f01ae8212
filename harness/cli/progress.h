#pragma once

#include "harness/cli/command.h"
#include "harness/ports/events.h"

#include <iosfwd>
#include <memory>

namespace callgate::cli {

/// Shows a run as it goes on: on a terminal one line that is drawn anew, elsewhere a line per finished case.
/// Quiet: nothing.
std::unique_ptr<ports::EventSink> make_progress(const Invocation& invocation, bool quiet);

}  // namespace callgate::cli
