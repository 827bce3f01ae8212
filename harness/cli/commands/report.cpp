#include "harness/cli/command.h"
#include "harness/cli/coverage.h"
#include "harness/cli/options.h"
#include "harness/cli/output_options.h"
#include "harness/cli/proposals.h"
#include "harness/cli/read_report.h"
#include "harness/cli/recorded_options.h"
#include "harness/engine/facts.h"
#include "reports/merge_shards.h"
#include "reports/redact.h"

#include <CLI/CLI.hpp>

#include <optional>

namespace callgate::cli {

namespace {

struct Options {
    std::vector<std::string> runs;
    OutputOptions output;
    std::optional<unsigned> min_coverage;  ///< percent
};

void declare(CLI::App& app, Options& options) {
    app.add_option("run", options.runs,
                   "a run.json, or the directory that holds it; of a sharded run those of all shards")
        ->required();
    declare_output(app, options.output);
    declare_min_coverage(app, options.min_coverage);
    app.footer(
        "Writes every report again from what earlier runs found. Shards (`callgate test --shard`) become the one run\n"
        "that they are together: unusable are shards of which one is missing, there twice, or of another run. A\n"
        "profile that is here as it was in the run is repaired from what all of them saw refused; of another the\n"
        "reports name the calls, and there is no file. The exit code is that of the run.\n\n"
        "example: callgate report shard-*/run.json --out callgate-report\n\n"
        "exit codes: 0 passed, 1 findings, 2 unusable input (nothing is written), 3 no verdict");
}

core::Result<model::RunResult> read_runs(const std::vector<std::string>& paths) {
    std::vector<reports::ReadRun> runs;
    for (const auto& path : paths) {
        auto run = read_report(path);
        if (!run) return core::fail(run.error());
        runs.push_back({path, std::move(*run)});
    }
    return reports::merge_shards(std::move(runs));
}

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Write the reports of earlier runs again; the shards of one run become one.", "callgate report"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return *code;
    const auto choice = choose_reports(options.output);
    if (!choice) return complain(invocation, choice.error().message);
    auto whole = read_runs(options.runs);
    if (!whole) return complain(invocation, whole.error().message);
    const auto files = ReportFiles::open(options.output.out, choice->kinds, choice->elsewhere, choice->dialect);
    if (!files) return complain(invocation, files.error().message);

    if (options.min_coverage && whole->coverage.empty())
        return complain(invocation, "--min-coverage is measured in log mode, which is not in the run");
    if (options.min_coverage) judge_coverage(*whole, *options.min_coverage);
    propose_again(recorded_reading(*whole, invocation), *whole);
    reports::Redactor{engine::as_environment(invocation.environment)}.apply(*whole);
    if (const auto written = files->write(*whole); !written)
        return complain(invocation, written.error().message, kNoVerdict);
    show(*whole, options.output, *files, invocation);
    return model::exit_code(*whole);
}

}  // namespace

extern const Command report_command;
const Command report_command{"report", "write the reports of earlier runs again; merge shards", run};

}  // namespace callgate::cli
