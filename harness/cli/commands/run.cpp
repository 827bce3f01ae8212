#include "harness/cli/candidate.h"
#include "harness/cli/command.h"
#include "harness/cli/finish.h"
#include "harness/cli/hold.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/proposals.h"
#include "harness/cli/repeat.h"
#include "harness/cli/report_files.h"
#include "harness/cli/runner.h"
#include "harness/core/files.h"
#include "harness/engine/command_run.h"
#include "harness/engine/program.h"
#include "reports/format.h"
#include "reports/terminal.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>

namespace callgate::cli {

namespace {

struct RunOptions {
    std::string profile;
    ProfileOptions reading;
    std::string mode = "log";
    std::string trap = "auto";
    std::string json;
    std::string grace = "10s";
    std::vector<std::string> let_through;
    bool hold = false;
    bool quiet = false;
    std::vector<std::string> command;
    std::string directory;  ///< where the command runs; "" for here
    bool verbose = false;
};

void declare(CLI::App& app, RunOptions& options) {
    app.add_option("-p,--profile", options.profile, "the profile, in any format (callgate list formats)")->required();
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.add_option("-m,--mode", options.mode,
                   "log: refusals are recorded and let through; errno: they are recorded and happen;\n"
                   "enforce: the kernel refuses by itself, nothing is recorded")
        ->check(CLI::IsMember({"log", "errno", "enforce"}))
        ->capture_default_str();
    app.add_option("--trap", options.trap, "how refusals are seen")
        ->check(CLI::IsMember(trap_names()))
        ->capture_default_str();
    app.add_option("--json", options.json, "also write everything that was seen to FILE (schema: callgate schema run)");
    app.add_option("--grace", options.grace, "for descendants to end after the command did: 500ms, 10s, 2m")
        ->capture_default_str();
    app.add_option("--let-through", options.let_through,
                   "a call that log mode would refuse all the same because it harms the host")
        ->take_all()
        ->allow_extra_args(false);
    app.add_flag(
        "--hold", options.hold,
        "stop the process before the first refused call of each call site, for a debugger: prints how to attach,\n"
        "and goes on when told");
    app.add_flag("-q,--quiet", options.quiet, "print nothing unless something was refused");
    app.add_option("command", options.command, "the command and its arguments, behind `--`")->required();
    app.positionals_at_end();
    app.footer(
        "The command gets callgate's environment, streams, signal mask and limits. The exit code is callgate's:\n"
        "0 nothing was refused, 1 something was, 2 unusable input, 3 no verdict; the command's own is in the "
        "report.\n\n"
        "example: callgate run --profile nginx.json --mode log --json out.json -- nginx -t");
}

/// On stderr: stdout is the command's.
void show(const model::RunResult& run, const RunOptions& options, const ReportFiles* files,
          const Invocation& invocation) {
    const auto& result = run.cases.front();
    if (options.quiet && result.outcome == model::Outcome::passed) return;
    reports::TerminalStyle style;
    style.colour = wants_colour(invocation, invocation.err_is_terminal);
    style.directory = files == nullptr ? "" : files->directory().string();
    style.stacks = true;
    style.verbose = options.verbose;
    invocation.err << reports::render_terminal(run, style);
}

core::Status write(const model::RunResult& run, const RunOptions& options, const ReportFiles* files) {
    if (files != nullptr) {
        if (auto written = files->write(run); !written) return written;
    }
    return options.json.empty() ? core::Status{}
                                : core::write_file(options.json, reports::find_format("run-json")->render(run));
}

/// None: go on. Otherwise the exit code.
std::optional<int> read_options(RunOptions& options, const Invocation& invocation) {
    CLI::App app{"Run one command under one profile and say what the profile refuses.", "callgate run"};
    declare(app, options);
    return parse(app, invocation);
}

/// `files` is null where --json is all that is written.
int execute(const RunOptions& options, const ReportFiles* files, const Invocation& invocation) {
    core::Diagnostics diagnostics;
    const auto loaded = load_candidate(options.profile, options.profile, {}, options.reading, diagnostics);
    const auto grace = duration_option("--grace", options.grace, diagnostics);
    if (!options.json.empty()) {
        if (auto possible = writable(std::filesystem::path{options.json}.parent_path()); !possible) {
            diagnostics.error({}, "--json: " + possible.error().message);
        }
    }
    if (options.hold && options.mode == "enforce") {
        diagnostics.error(
            {}, "--hold: in enforce mode the kernel refuses by itself and nobody is stopped; use --mode errno");
    }
    invocation.err << core::render(diagnostics);
    if (!loaded || diagnostics.has_errors()) return kUnusable;

    engine::CommandPlan plan;
    plan.command = options.command;
    plan.environment = invocation.environment;
    plan.directory = options.directory;
    plan.candidate = loaded->candidate;
    plan.mode = model::mode_from_name(options.mode).value_or(model::Mode::log);
    plan.grace = grace;
    plan.never_let_through = never_let_through_but(options.let_through);
    const auto program = engine::find_program(plan.command.front(), plan.environment, plan.directory);
    const std::vector<std::string> programs{program ? *program : std::string{}};
    auto chosen =
        make_runner(options.trap, plan.mode == model::Mode::enforce ? Needs::launching : Needs::trapping, programs);
    if (!chosen) return complain(invocation, chosen.error().message, kNoVerdict);
    if (options.hold) plan.hold = hold_for_a_person(invocation);
    watch_signals(invocation.cancel);

    auto result = engine::run_command(plan, *chosen->runner, invocation.cancel);
    if (!chosen->note.empty()) result.notes.push_back(chosen->note);
    result.directory = options.directory;
    result.inputs = {loaded->input};
    propose_repairs({&*loaded, 1}, result);
    result = finished(std::move(result), invocation);
    if (auto written = write(result, options, files); !written)
        return complain(invocation, written.error().message, kNoVerdict);
    show(result, options, files, invocation);
    return model::exit_code(result);
}

int run(const Invocation& invocation) {
    RunOptions options;
    if (const auto code = read_options(options, invocation)) return *code;
    return execute(options, nullptr, invocation);
}

}  // namespace

int repeat_run(const Repetition& what, const std::string& out, const Invocation& invocation) {
    RunOptions options;
    if (const auto code = read_options(options, invocation)) return *code;
    options.profile = what.profile;
    options.directory = what.directory.string();
    options.json.clear();
    options.hold = what.hold;
    options.quiet = false;
    options.verbose = true;
    const auto files = ReportFiles::open(out, {}, {});
    if (!files) return complain(invocation, files.error().message);
    return execute(options, &*files, invocation);
}

extern const Command run_command;
const Command run_command{"run", "run one command under one profile", run};

}  // namespace callgate::cli
