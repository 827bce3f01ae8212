#pragma once

#include "harness/model/call_need.h"
#include "reports/terminal.h"

#include <string>

namespace callgate::reports {

/// What `callgate minimize` found out, for a terminal: how many of the permissions are needed, then what could go and
/// why, then what is needed and which scenario says so. Untrusted text is printable.
std::string render_terminal(const model::Minimization& found, const TerminalStyle& style);
/// Tables for a pull request.
std::string render_markdown(const model::Minimization& found);
/// harness/docs/minimize-json.md says what is in it.
std::string render_json(const model::Minimization& found);

}  // namespace callgate::reports
