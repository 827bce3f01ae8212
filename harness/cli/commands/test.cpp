#include "harness/cli/command.h"
#include "harness/cli/coverage.h"
#include "harness/cli/events_file.h"
#include "harness/cli/finish.h"
#include "harness/cli/hold.h"
#include "harness/cli/last_failed.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/output_options.h"
#include "harness/cli/progress.h"
#include "harness/cli/proposals.h"
#include "harness/cli/read_report.h"
#include "harness/cli/recorded_options.h"
#include "harness/cli/reference.h"
#include "harness/cli/repeat.h"
#include "harness/cli/runner.h"
#include "harness/cli/shards.h"
#include "harness/cli/test_plan.h"
#include "harness/engine/program.h"
#include "harness/ports/user.h"

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdint>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>

namespace callgate::cli {

namespace {

constexpr std::size_t kMostJobs = 256;
constexpr std::size_t kMostRepeats = 10'000;

struct TestOptions {
    std::vector<std::string> plans;
    Selection selection;
    std::vector<std::string> modes;
    OutputOptions output;
    std::string trap = "auto";
    std::string events;
    std::string baseline = "kept";
    std::size_t jobs = 1;
    std::size_t repeat = 1;
    std::uint64_t seed = 0;
    std::optional<unsigned> min_coverage;  ///< percent
    bool hold = false;                     ///< of `repro`
    bool dry_run = false;
    bool quiet = false;
    std::string shard;
    std::string timings;
    std::string last_failed;
};

void declare(CLI::App& app, TestOptions& options) {
    app.add_option("plan", options.plans, "the plan, YAML (callgate schema plan); several run one after the other")
        ->required();
    app.add_option("-p,--profile", options.selection.profiles,
                   "test this profile in place of the plan's; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    declare_reading(app, options.selection.reading);
    declare_target(app, options.selection.reading);
    app.add_option("-m,--mode", options.modes, "only this mode: baseline, log, errno, enforce; may be repeated")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember({"baseline", "log", "errno", "enforce"}));
    declare_scenarios(app, options.selection);
    declare_output(app, options.output);
    app.add_option("--trap", options.trap, "how refusals are seen")
        ->check(CLI::IsMember(trap_names()))
        ->capture_default_str();
    app.add_option("--baseline", options.baseline,
                   "when the workload is run without a profile, for the oracles to compare with: kept (at most once a\n"
                   "day for the same plan and programs), fresh (now), none (never)")
        ->check(CLI::IsMember({"kept", "fresh", "none"}))
        ->capture_default_str();
    app.add_option("-j,--jobs", options.jobs, "instances of the workload side by side")
        ->check(CLI::Range(std::size_t{1}, kMostJobs))
        ->capture_default_str();
    app.add_option("--repeat", options.repeat, "run everything so often, and say how often each refusal was seen")
        ->check(CLI::Range(std::size_t{1}, kMostRepeats))
        ->capture_default_str();
    app.add_option("--seed", options.seed, "for everything random in the scenarios")->capture_default_str();
    declare_min_coverage(app, options.min_coverage);
    app.add_option("--events", options.events, "write what happens, as it happens, one line of JSON each");
    app.add_option("--let-through", options.selection.let_through,
                   "a call that log mode would refuse all the same because it harms the host; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option(
        "--last-failed", options.last_failed,
        "only the cases that did not pass in this earlier run: its run.json, or the directory that holds it");
    app.add_option("--shard", options.shard,
                   "only this part of the run: I/N, the first is 1/N; auto: what the CI system's variables say");
    auto* timings = app.add_option("--timings", options.timings,
                                   "share the shards out by the times of this earlier run: its run.json");
    timings->needs("--shard");
    app.add_flag("-n,--dry-run", options.dry_run, "check everything, say what would run, launch nothing");
    app.add_flag("-q,--quiet", options.quiet, "no progress");
    app.footer(
        "Starts the plan's workload under each profile in each mode, plays the scenarios, and reports what the\n"
        "profile refused, in which phase, and the smallest repair. `callgate report` makes one run of all its shards;\n"
        "a start of the workload with the scenarios that it is played is never split over two.\n\n"
        "exit codes: 0 passed, 1 findings, 2 unusable input (nothing was launched), 3 no verdict, 4 nothing selected");
}

std::string today() {
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
}

void describe(const TestPlan& test, std::ostream& out) {
    out << fmt::format("{}: {}\n", test.run.file, test.run.workload);
    for (const auto& workload : test.workloads)
        out << fmt::format("  launches  {}\n", fmt::join(workload.command, " "));
    for (const auto& suite : test.run.suites) {
        if (suite.instances.empty()) continue;  // another shard's
        out << fmt::format("  {} in {} mode\n", suite.candidate ? suite.candidate->name : "no profile",
                           model::mode_name(suite.mode));
        for (const auto& instance : suite.instances) {
            out << fmt::format("    startup{}{}, shutdown\n", instance.scenarios.empty() ? "" : ", ",
                               fmt::join(instance.scenarios, ", "));
        }
    }
}

/// What this host lacks to run the plans, or "".
std::string lacks(const std::vector<TestPlan>& tests) {
    std::set<std::string> missing;
    for (const auto& test : tests) {
        for (const auto& workload : test.workloads) {
            const auto& name = workload.command.front();
            // A name with a slash may be a file that the plan puts into the working directory first.
            if (name.find('/') == std::string::npos) {
                auto program = engine::find_program(name, workload.env, "/");
                if (!program) missing.insert(program.error().message);
            }
            if (workload.user.empty()) continue;
            if (auto user = ports::find_user(workload.user); !user) missing.insert(user.error().message);
        }
    }
    return fmt::format("{}", fmt::join(missing, "; "));
}

/// Reads every plan; none after reporting all that is wrong with any of them.
std::optional<std::vector<TestPlan>> load_plans(const TestOptions& options, const Invocation& invocation) {
    std::vector<TestPlan> tests;
    core::Diagnostics diagnostics;
    for (const auto& path : options.plans) {
        auto test = load_test_plan(path, options.selection, invocation.environment, today(), diagnostics);
        if (test) tests.push_back(std::move(*test));
    }
    invocation.err << core::render(diagnostics);
    return diagnostics.has_errors() ? std::nullopt : std::optional{std::move(tests)};
}

/// One place for the reports of each plan: the directory itself for a single one, else a folder in it by the plan's
/// name.
core::Result<std::vector<ReportFiles>> open_reports(const std::vector<TestPlan>& tests, const TestOptions& options,
                                                    const ReportChoice& choice) {
    std::vector<ReportFiles> places;
    std::set<std::filesystem::path> taken;
    for (const auto& test : tests) {
        std::filesystem::path directory = options.output.out;
        if (tests.size() > 1)
            directory /= std::filesystem::path{test.run.file}.stem().concat("-" + test.run.workload).filename();
        if (!taken.insert(directory).second) {
            return core::fail(fmt::format("the reports of two plans would both go to '{}'; give the plans other names",
                                          directory.string()));
        }
        auto files = ReportFiles::open(directory, choice.kinds, choice.elsewhere, choice.dialect);
        if (!files) return core::fail(files.error());
        places.push_back(std::move(*files));
    }
    return places;
}

bool runs_in(const TestPlan& test, model::Mode mode) {
    return std::any_of(test.run.suites.begin(), test.run.suites.end(),
                       [mode](const engine::Suite& suite) { return suite.mode == mode; });
}

bool logs(const TestPlan& test) {
    return runs_in(test, model::Mode::log);
}

/// Baseline mode alone compares with nothing.
Baseline baseline_of(const TestOptions& options, const TestPlan& test) {
    const auto& suites = test.run.suites;
    const bool compares = std::any_of(suites.begin(), suites.end(),
                                      [](const auto& suite) { return suite.mode != model::Mode::baseline; });
    if (!compares || options.baseline == "none") return Baseline::none;
    return options.baseline == "fresh" ? Baseline::fresh : Baseline::kept;
}

/// The whole run, and, in front of it, what went wrong already without a profile.
model::RunResult run_all(TestPlan& test, const ChosenRunner& chosen, const TestOptions& options,
                         ports::EventSink& events, const Invocation& invocation) {
    auto without_profile = take_reference(test, baseline_of(options, test), *chosen.runner, events, invocation);
    auto result = engine::run(test.run, *chosen.runner, events, invocation.cancel);
    if (test.run.suites.front().mode != model::Mode::baseline) {
        std::erase_if(without_profile, [](const auto& one) { return one.outcome == model::Outcome::passed; });
        result.cases.insert(result.cases.begin(), std::make_move_iterator(without_profile.begin()),
                            std::make_move_iterator(without_profile.end()));
    }
    return result;
}

int run_plan(TestPlan& test, const ChosenRunner& chosen, const TestOptions& options, const ReportFiles& files,
             const Invocation& invocation) {
    auto progress = make_progress(invocation, options.quiet);
    std::unique_ptr<ports::EventSink> to_file;
    if (!options.events.empty()) {
        auto opened = events_file(options.events, *progress);
        if (!opened) return complain(invocation, opened.error().message);
        to_file = std::move(*opened);
    }
    const CoverageOfPlan coverage{test, chosen.why_no_recording};
    auto result = run_all(test, chosen, options, to_file ? *to_file : *progress, invocation);
    to_file.reset();
    progress.reset();
    if (!chosen.note.empty()) result.notes.push_back(chosen.note);
    result.inputs = test.inputs;
    result.shard = test.shard;
    result.notes.insert(result.notes.end(), test.notes.begin(), test.notes.end());
    propose_repairs(test.candidates, result);
    coverage.add_to(result);
    if (options.min_coverage) judge_coverage(result, *options.min_coverage);
    result = finished(std::move(result), invocation);
    if (auto written = files.write(result); !written) return complain(invocation, written.error().message, kNoVerdict);
    show(result, options.output, files, invocation);
    return model::exit_code(result);
}

std::vector<std::string> programs_of(const std::vector<TestPlan>& tests) {
    std::vector<std::string> programs;
    for (const auto& test : tests) {
        for (const auto& workload : test.workloads) {
            const auto found = engine::find_program(workload.command.front(), workload.env, "");
            if (found) programs.push_back(*found);
        }
    }
    return programs;
}

int run_plans(std::vector<TestPlan>& tests, const TestOptions& options, const std::vector<ReportFiles>& files,
              const Invocation& invocation) {
    const auto traps = [](const TestPlan& test) { return logs(test) || runs_in(test, model::Mode::error); };
    // Only log mode shows coverage: elsewhere no recorder is looked for.
    const auto needs = std::any_of(tests.begin(), tests.end(), logs)    ? Needs::trapping_recording
                       : std::any_of(tests.begin(), tests.end(), traps) ? Needs::trapping
                                                                        : Needs::launching;
    const auto chosen = make_runner(options.trap, needs, programs_of(tests));
    if (!chosen) return complain(invocation, chosen.error().message, kNoVerdict);
    for (auto& test : tests) {
        test.run.jobs = options.jobs;
        test.run.repeat = options.repeat;
        test.run.seed = options.seed;
    }
    if (options.hold) {
        for (auto& test : tests) test.run.hold = hold_for_a_person(invocation);
    }
    watch_signals(invocation.cancel);
    int worst = kOk;
    for (std::size_t i = 0; i < tests.size() && !invocation.cancel.requested(); ++i) {
        const int code = run_plan(tests[i], *chosen, options, files[i], invocation);
        // A finding of one plan is not undone by another that could not be judged; the larger codes are worse than
        // both.
        worst = worst == kFindings && code == kNoVerdict   ? kFindings
                : code == kFindings && worst == kNoVerdict ? kFindings
                                                           : std::max(worst, code);
    }
    return worst;
}

/// Leaves what did not pass in the earlier run of --last-failed. None: go on. Otherwise the exit code.
std::optional<int> select_failed(std::vector<TestPlan>& tests, const TestOptions& options,
                                 const Invocation& invocation) {
    if (options.last_failed.empty()) return std::nullopt;
    const auto earlier = read_report(options.last_failed);
    if (!earlier) return complain(invocation, "--last-failed: " + earlier.error().message);
    std::size_t count = 0;
    for (auto& test : tests) count += keep_failed(*earlier, test);
    if (count > 0) return std::nullopt;
    return complain(invocation,
                    fmt::format("--last-failed: no case of {} that is selected here failed", options.last_failed),
                    kNothingSelected);
}

/// Leaves the part that --shard names. None: go on. Otherwise the exit code.
std::optional<int> select_shard(std::vector<TestPlan>& tests, const TestOptions& options,
                                const Invocation& invocation) {
    if (options.shard.empty()) return std::nullopt;
    const auto choice = choose_shard(options.shard, invocation.environment);
    if (!choice) return complain(invocation, choice.error().message);
    std::optional<model::RunResult> earlier;
    if (!options.timings.empty()) {
        auto read = read_report(options.timings);
        if (!read) return complain(invocation, "--timings: " + read.error().message);
        earlier = std::move(*read);
    }
    // What changes what a case does, besides the plan.
    const auto& selection = options.selection;
    keep_shard(tests, *choice, earlier ? &*earlier : nullptr,
               fmt::format("{} {} {} {} {} {} {}", options.trap, options.baseline, options.repeat, options.seed,
                           selection.reading.as, selection.reading.from, fmt::join(selection.let_through, " ")));
    for (auto& test : tests) {
        const auto& suites = test.run.suites;
        const bool has_work = std::any_of(suites.begin(), suites.end(),
                                          [](const engine::Suite& suite) { return !suite.instances.empty(); });
        test.notes.push_back(fmt::format("shard {} of {}, as {} {}{}", choice->index, choice->total, choice->from,
                                         choice->from.find(' ') == std::string::npos ? "says" : "say",
                                         has_work ? "" : "; nothing is left for it to do"));
    }
    return std::nullopt;
}

/// None: go on. Otherwise the exit code.
std::optional<int> read_options(TestOptions& options, const Invocation& invocation) {
    CLI::App app{"Test seccomp profiles with a plan.", "callgate test"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return code;
    for (const auto& mode : options.modes) options.selection.modes.push_back(*model::mode_from_name(mode));
    return std::nullopt;
}

int execute(const TestOptions& options, const Invocation& invocation) {
    const auto choice = choose_reports(options.output);
    if (!choice) return complain(invocation, choice.error().message);
    if (options.plans.size() > 1 && !choice->elsewhere.empty()) {
        return complain(invocation,
                        "--report KIND=PATH takes the report of one plan; give one plan, or leave the path out");
    }
    if (options.plans.size() > 1 && !options.events.empty())
        return complain(invocation, "--events takes the events of one plan; give one plan");

    auto tests = load_plans(options, invocation);
    if (!tests) return kUnusable;
    const auto selects_nothing = [&](const TestPlan& test) {
        return test.has_scenarios && test.selected_scenarios == 0 && !options.selection.no_scenarios;
    };
    if (std::all_of(tests->begin(), tests->end(), selects_nothing)) {
        return complain(invocation, "--scenario, --tag and --without-tag select none of the plan's scenarios",
                        kNothingSelected);
    }
    if (options.min_coverage && !std::all_of(tests->begin(), tests->end(), logs))
        return complain(invocation, "--min-coverage is measured in log mode: add --mode log");
    if (options.min_coverage && !options.shard.empty())
        return complain(invocation, "--min-coverage is of all shards together: give it to `callgate report`");
    if (const auto code = select_failed(*tests, options, invocation)) return *code;
    if (const auto code = select_shard(*tests, options, invocation)) return *code;
    if (options.dry_run) {
        for (const auto& test : *tests) describe(test, invocation.out);
        return kOk;
    }
    if (const auto missing = lacks(*tests); !missing.empty()) return complain(invocation, missing, kNoVerdict);
    const auto files = open_reports(*tests, options, *choice);
    if (!files) return complain(invocation, files.error().message);
    return run_plans(*tests, options, *files, invocation);
}

int run(const Invocation& invocation) {
    TestOptions options;
    if (const auto code = read_options(options, invocation)) return *code;
    return execute(options, invocation);
}

}  // namespace

ProfileOptions recorded_reading(const model::RunResult& run, const Invocation& invocation) {
    if (run.command.size() < 2 || run.command[1] != "test") return {};
    auto recorded = invocation;
    recorded.arguments.assign(run.command.begin() + 2, run.command.end());
    TestOptions options;
    return read_options(options, recorded) ? ProfileOptions{} : options.selection.reading;
}

int repeat_test(const Repetition& what, const std::string& out, const Invocation& invocation) {
    TestOptions recorded;
    if (const auto code = read_options(recorded, invocation)) return *code;
    TestOptions options;
    options.plans = {what.plan};
    options.trap = recorded.trap;
    options.baseline = recorded.baseline;
    options.seed = recorded.seed;
    options.output.out = out;
    options.output.verbose = true;
    auto& selection = options.selection;
    if (!what.profile.empty()) selection.profiles = {what.profile};
    selection.modes = {what.mode};
    selection.scenarios = what.scenarios;
    selection.no_scenarios = what.scenarios.empty();
    selection.let_through = recorded.selection.let_through;
    selection.reading = recorded.selection.reading;
    options.hold = what.hold;
    return execute(options, invocation);
}

extern const Command test_command;
const Command test_command{"test", "test profiles with a plan: workload, scenarios, verdict", run};

}  // namespace callgate::cli
