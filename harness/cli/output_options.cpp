#include "harness/cli/output_options.h"

#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "reports/format.h"
#include "reports/terminal.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace callgate::cli {

void declare_output(CLI::App& app, OutputOptions& options) {
    app.add_option("-o,--out", options.out, "where the reports go")->capture_default_str();
    app.add_option("--report", options.reports,
                   "only this kind of report, or KIND=PATH to have it elsewhere too; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--junit-dialect", options.junit_dialect,
                   "junit.xml for most readers, or for the strict schema of Jenkins' xUnit plugin")
        ->check(CLI::IsMember({"portable", "jenkins"}))
        ->capture_default_str();
    app.add_option("--format", options.format,
                   "what is printed when the run is over; github: the text, and annotations for a pull request")
        ->check(CLI::IsMember({"text", "json", "markdown", "github"}))
        ->capture_default_str();
    app.add_flag("-v,--verbose", options.verbose, "every step and every refusal");
}

core::Result<ReportChoice> choose_reports(const OutputOptions& options) {
    ReportChoice choice;
    if (options.junit_dialect == "jenkins") choice.dialect = reports::JunitDialect::jenkins;
    const auto known = report_names();
    for (const auto& text : options.reports) {
        const auto equals = text.find('=');
        const auto kind = text.substr(0, equals);
        if (std::find(known.begin(), known.end(), kind) == known.end()) {
            return core::fail(fmt::format("--report: no report '{}'; one of {}", kind, fmt::join(known, ", ")));
        }
        if (equals == std::string::npos) {
            choice.kinds.push_back(kind);
        } else {
            choice.elsewhere[kind] = text.substr(equals + 1);
        }
    }
    return choice;
}

void show(const model::RunResult& run, const OutputOptions& options, const ReportFiles& files,
          const Invocation& invocation) {
    if (options.format == "json" || options.format == "markdown") {
        invocation.out << reports::find_format(options.format == "json" ? "run-json" : "markdown")->render(run);
        return;
    }
    reports::TerminalStyle style;
    style.colour = wants_colour(invocation, invocation.out_is_terminal);
    style.verbose = options.verbose;
    style.directory = files.directory();
    invocation.out << reports::render_terminal(run, style);
    if (options.format == "github") invocation.out << reports::find_format("github")->render(run);
}

}  // namespace callgate::cli
