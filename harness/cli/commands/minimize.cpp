#include "harness/cli/command.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/progress.h"
#include "harness/cli/reference.h"
#include "harness/cli/runner.h"
#include "harness/cli/test_plan.h"
#include "harness/cli/trials.h"
#include "harness/core/files.h"
#include "profiles/permission.h"
#include "profiles/semantics.h"
#include "reports/minimization.h"

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <ostream>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostJobs = 256;

struct Options {
    Trials::Settings settings;
    std::string out = "callgate-minimize";
    std::string format = "text";
    std::string trap = "auto";
    bool fresh = false;
    bool verbose = false;
};

void declare(CLI::App& app, Options& options) {
    auto& selection = options.settings.selection;
    app.add_option("plan", options.settings.plan, "the plan, YAML (callgate schema plan)")->required();
    app.add_option("-p,--profile", selection.profiles, "this profile in place of the plan's")->expected(1);
    declare_reading(app, selection.reading);
    declare_target(app, selection.reading);
    declare_scenarios(app, selection);
    app.add_option("-j,--jobs", options.settings.jobs, "trials side by side")
        ->check(CLI::Range(std::size_t{1}, kMostJobs))
        ->capture_default_str();
    app.add_option("-o,--out", options.out, "where the result goes, and what is remembered of trials")
        ->capture_default_str();
    app.add_flag("--fresh", options.fresh, "forget the trials of an earlier call");
    app.add_option("--format", options.format, "what is printed")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    app.add_option("--trap", options.trap, "how refusals are seen")
        ->check(CLI::IsMember(trap_names()))
        ->capture_default_str();
    app.add_flag("-q,--quiet", options.settings.quiet, "no progress");
    app.footer(
        "Refuses each permitted call in turn, in enforce mode, runs the scenarios that make it, and says whether "
        "anything\n"
        "fails: mutation testing for profiles. What nobody misses is too much permission, or a scenario is missing.\n"
        "Interrupted, it goes on where it was when called again. Writes minimize.json, and minimized.json with its\n"
        "diff: the profile without what nobody missed.\n\n"
        "exit codes: 0 every permission is needed, 1 some are not, or the profile fails its own test, 2 unusable\n"
        "input, 3 no verdict");
}

/// The profile must pass its own test before anything is taken out of it: what fails already, or "".
std::string fails_already(const TestPlan& test, ports::Runner& runner, ports::EventSink& events,
                          const Invocation& invocation) {
    const auto result = engine::run(test.run, runner, events, invocation.cancel);
    for (const auto& one : result.cases) {
        if (one.outcome != model::Outcome::passed && one.outcome != model::Outcome::skipped)
            return fmt::format("{}: {}", one.name, one.reasons.empty() ? "did not pass" : one.reasons.front());
    }
    return {};
}

core::Status write_results(const Options& options, const model::Minimization& found, const model::Proposal& proposal) {
    const fs::path directory{options.out};
    if (auto done = core::write_file(directory / "minimize.json", reports::render_json(found)); !done) return done;
    if (proposal.diff.empty()) return {};
    if (auto done = core::write_file(directory / "minimized.json", proposal.text); !done) return done;
    return core::write_file(directory / "minimized.diff", proposal.diff);
}

/// Something that is not ours is not written into.
core::Status take_place(const fs::path& directory, bool fresh) {
    std::error_code error;
    const auto memory = directory / "trials.json";
    if (fs::exists(directory, error) && !fs::is_empty(directory, error) && !fs::exists(memory, error) &&
        !fs::exists(directory / "minimize.json", error)) {
        return core::fail(
            fmt::format("'{}' holds files of something else; --out names another place", directory.string()));
    }
    fs::create_directories(directory, error);
    if (error) return core::fail(fmt::format("'{}' cannot be made: {}", directory.string(), error.message()));
    if (fresh) fs::remove(memory, error);
    return core::write_file(directory / ".writable", "")
               ? (fs::remove(directory / ".writable", error), core::Status{})
               : core::fail(fmt::format("'{}' cannot be written", directory.string()));
}

int minimize(const Options& options, TestPlan& test, ports::Runner& runner, const Invocation& invocation) {
    const auto began = std::chrono::steady_clock::now();
    {
        auto progress = make_progress(invocation, options.settings.quiet);
        take_reference(test, Baseline::kept, runner, *progress, invocation);
        if (const auto failing = fails_already(test, runner, *progress, invocation); !failing.empty()) {
            if (invocation.cancel.requested()) return 128 + invocation.cancel.reason();
            progress.reset();
            return complain(invocation, "the profile fails before anything is taken out of it: " + failing, kFindings);
        }
    }
    Trials trials{options.settings, test, runner, invocation, fs::path{options.out} / "trials.json"};
    const auto& uses = trials.learn_uses();
    std::set<std::string> scenarios;
    for (const auto& instance : test.run.suites.front().instances)
        scenarios.insert(instance.scenarios.begin(), instance.scenarios.end());
    const auto graded = engine::grade_calls(uses, scenarios, [&](const auto& asked) { return trials.play(asked); });
    if (!graded || invocation.cancel.requested()) {
        invocation.err << "callgate: interrupted; called again it goes on where it was\n";
        return 128 + invocation.cancel.reason();
    }

    model::Minimization found;
    found.plan = options.settings.plan;
    found.profile = test.candidates.front().candidate->name;
    found.calls = *graded;
    found.trials = trials.played() + trials.remembered();
    found.remembered = trials.remembered();
    found.duration = std::chrono::duration_cast<core::Milliseconds>(std::chrono::steady_clock::now() - began);
    std::set<std::string> spared;
    for (const auto& call : found.calls) {
        if (model::dispensable(call)) spared.insert(call.syscall);
    }
    const auto proposal = profiles::take_out(*test.candidates.front().profile, spared);
    found.notes = proposal.notes;
    if (auto written = write_results(options, found, proposal); !written)
        return complain(invocation, written.error().message, kNoVerdict);
    reports::TerminalStyle style;
    style.colour = wants_colour(invocation, invocation.out_is_terminal);
    invocation.out << (options.format == "json"       ? reports::render_json(found)
                       : options.format == "markdown" ? reports::render_markdown(found)
                                                      : reports::render_terminal(found, style));
    return spared.empty() ? kOk : kFindings;
}

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Find out which permissions of a profile its workload needs.", "callgate minimize"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return *code;
    options.settings.selection.modes = {model::Mode::enforce};

    core::Diagnostics diagnostics;
    const auto today = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
    auto test =
        load_test_plan(options.settings.plan, options.settings.selection, invocation.environment, today, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!test) return kUnusable;
    if (test->candidates.size() != 1) {
        return complain(invocation,
                        fmt::format("the plan names {} profiles: choose one with --profile", test->candidates.size()));
    }
    const auto& candidate = test->candidates.front();
    if (!candidate.profile) return complain(invocation, "a compiled filter has no rules that could be taken out");
    if (!model::refuses(profiles::default_action(*candidate.profile))) {
        return complain(invocation, fmt::format("{} permits what it does not name: there is nothing to take out",
                                                candidate.candidate->name));
    }
    if (auto place = take_place(options.out, options.fresh); !place) return complain(invocation, place.error().message);
    std::vector<std::string> programs;
    const auto chosen = make_runner(options.trap, Needs::trapping, programs);
    if (!chosen) return complain(invocation, chosen.error().message, kNoVerdict);
    test->run.jobs = options.settings.jobs;
    watch_signals(invocation.cancel);
    return minimize(options, *test, *chosen->runner, invocation);
}

}  // namespace

extern const Command minimize_command;
const Command minimize_command{"minimize", "find out which permissions a workload needs", run};

}  // namespace callgate::cli
