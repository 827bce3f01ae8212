#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/read_report.h"
#include "harness/cli/repeat.h"
#include "harness/core/printable.h"
#include "reports/coverage.h"
#include "reports/pick_case.h"
#include "reports/recurrence.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace callgate::cli {

namespace {

struct ReproOptions {
    std::string report;
    std::string wanted;
    std::string out = "callgate-repro";
    bool hold = false;
};

void declare(CLI::App& app, ReproOptions& options) {
    app.add_option("report", options.report, "a run.json, or the directory that holds it")->required();
    app.add_option("case", options.wanted,
                   "its name, its number in the report, or a glob or a part of the name that fits one case only")
        ->required();
    app.add_option("-o,--out", options.out, "where the reports of this run go")->capture_default_str();
    app.add_flag(
        "--hold", options.hold,
        "stop the process before the first refused call of each call site, for a debugger: prints how to attach,\n"
        "and goes on when told");
    app.footer(
        "Runs one case of an earlier `callgate test` or `callgate run` again: the same plan, profile, mode and\n"
        "scenario, with every detail shown, and says whether the same system calls were refused. A case needs its\n"
        "instance, so startup and shutdown run with it. The exit code is that of the run; a case that is not found,\n"
        "or cannot be run again, is 2.\n\n"
        "example: callgate repro callgate-report/ 'nginx.json / log / startup'");
}

/// The command line that made the report, as if it were given now.
Invocation as_recorded(const Repetition& what, const Invocation& invocation) {
    auto recorded = invocation;
    recorded.words = what.words;
    recorded.arguments.assign(what.words.begin() + 2, what.words.end());
    return recorded;
}

/// The sentence that it all was for.
std::string compared(const model::CaseResult& then, const std::string& out) {
    const auto again = read_report(out);
    if (!again) return again.error().message;
    const auto now = std::find_if(again->cases.begin(), again->cases.end(), [&](const model::CaseResult& c) {
        return c.mode == then.mode && c.scenario == then.scenario;
    });
    return now == again->cases.end() ? "not reproduced: the case did not run" : reports::recurrence(then, *now);
}

int run(const Invocation& invocation) {
    ReproOptions options;
    CLI::App app{"Run one case of an earlier run again.", "callgate repro"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return *code;

    const auto report = read_report(options.report);
    if (!report) return complain(invocation, report.error().message);
    const auto picked = reports::pick_case(*report, options.wanted);
    if (!picked) {
        invocation.err << "callgate: " << core::printable_lines(picked.error().message) << "\n";
        return kUnusable;
    }
    const auto& which = report->cases[*picked];
    if (reports::is_about_coverage(which)) {
        return complain(invocation, fmt::format("'{}' is no single case: all scenarios together are measured; repeat "
                                                "`callgate test --min-coverage`",
                                                which.name));
    }
    auto what = repetition_of(*report, which);
    if (!what) return complain(invocation, what.error().message);
    what->hold = options.hold;
    for (const auto& warning : what->warnings)
        invocation.err << "callgate: warning: " << core::printable(warning) << "\n";

    const bool planned = !what->plan.empty();
    const auto repeat = planned ? repeat_test : repeat_run;
    const int code = repeat(*what, options.out, as_recorded(*what, invocation));
    if (code == kUnusable || code == kBug || invocation.cancel.requested()) return code;
    // A command of `callgate run` has standard output to itself.
    (planned ? invocation.out : invocation.err) << "\n" << core::printable(compared(which, options.out)) << "\n";
    return code;
}

}  // namespace

extern const Command repro_command;
const Command repro_command{"repro", "run one case of a report again, with every detail", run};

}  // namespace callgate::cli
