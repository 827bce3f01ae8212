#include "reports/format.h"
#include "reports/terminal.h"

namespace callgate::reports::text {

namespace {

std::string render(const model::RunResult& run) {
    TerminalStyle style;
    // `callgate run` leaves no report directory.
    if (run.plan.empty()) {
        style.directory.clear();
        style.stacks = true;
    }
    return render_terminal(run, style);
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"text", "", "what is printed after a run, without colours and 80 columns wide", render};

}  // namespace callgate::reports::text
