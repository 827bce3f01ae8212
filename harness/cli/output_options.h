#pragma once

#include "harness/cli/command.h"
#include "harness/cli/report_files.h"
#include "harness/core/result.h"
#include "harness/model/run_result.h"
#include "reports/junit/junit_xml.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace callgate::cli {

/// Where what a run found goes; the same options wherever there is a whole run.
struct OutputOptions {
    std::string out = "callgate-report";
    std::vector<std::string> reports;
    std::string format = "text";
    std::string junit_dialect = "portable";
    bool verbose = false;
};

/// --out, --report, --junit-dialect, --format and --verbose.
void declare_output(CLI::App& app, OutputOptions& options);

/// The values of --report, and of --junit-dialect.
struct ReportChoice {
    std::vector<std::string> kinds;  ///< empty: all
    std::map<std::string, std::filesystem::path> elsewhere;
    reports::JunitDialect dialect = reports::JunitDialect::portable;
};
/// The error says what is wrong with one of them.
core::Result<ReportChoice> choose_reports(const OutputOptions& options);

/// Prints the run in the chosen format; `files` is where its reports are.
void show(const model::RunResult& run, const OutputOptions& options, const ReportFiles& files,
          const Invocation& invocation);

}  // namespace callgate::cli
