#include "harness/cli/command.h"
#include "harness/cli/lock_files.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/cli/progress.h"
#include "harness/cli/record_text.h"
#include "harness/cli/runner.h"
#include "harness/cli/test_plan.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/sha256.h"
#include "harness/engine/command_run.h"
#include "harness/engine/evidence.h"
#include "harness/engine/program.h"
#include "profiles/convert.h"
#include "profiles/drift.h"
#include "profiles/load.h"
#include "profiles/recorded.h"
#include "profiles/resolve.h"

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <memory>
#include <ostream>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostJobs = 256;
constexpr std::size_t kMostRepeats = 10'000;

struct Options {
    std::vector<std::string> words;  ///< a plan, or a command
    bool is_command = false;         ///< `--` stood in front of them
    Selection selection;
    std::string out = "profile.json";
    std::string to = "oci";
    std::string recorder = "auto";
    std::string base;
    std::string against;
    std::string errnos = "libc";
    std::size_t repeat = 1;
    std::size_t jobs = 1;
    bool args = false;
    bool force = false;
    bool quiet = false;
};

void declare(CLI::App& app, Options& options) {
    app.add_option("what", options.words, "a plan, or behind `--` a command and its arguments")->required();
    app.add_option("-o,--out", options.out, "the profile; what is known of its rules goes beside it, *.lock.json")
        ->capture_default_str();
    app.add_option("--to", options.to, "the format of the profile")
        ->check(CLI::IsMember(written_formats()))
        ->capture_default_str();
    app.add_flag("--force", options.force, "overwrite files that are there");
    app.add_option("--recorder", options.recorder, "how calls are seen")
        ->check(CLI::IsMember(recorder_names()))
        ->capture_default_str();
    app.add_option("-s,--scenario", options.selection.scenarios,
                   "only scenarios whose name matches the glob; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--tag", options.selection.tags, "only scenarios with this tag; may be repeated: any of them")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--without-tag", options.selection.without_tags, "no scenario with this tag; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--repeat", options.repeat, "run everything so often, and say what was not in every run")
        ->check(CLI::Range(std::size_t{1}, kMostRepeats))
        ->capture_default_str();
    app.add_option("-j,--jobs", options.jobs, "instances of the workload side by side")
        ->check(CLI::Range(std::size_t{1}, kMostJobs))
        ->capture_default_str();
    app.add_flag("--args", options.args,
                 "permit arguments as they were seen, where every run saw the same ones; needs --repeat 2 or more");
    app.add_option(
        "--base", options.base,
        "also permit what a runtime makes itself before the workload starts: docker, containerd, crio, podman,\n"
        "with what differs from its defaults: docker,runc=1.1,nnp=true");
    app.add_option("--against", options.against,
                   "write nothing: say which calls are new or gone since this lock was written, and why; exit code 1");
    app.add_option("--errno", options.errnos,
                   "libc: ENOSYS for unseen calls that C libraries fall back from, EPERM for others; eperm: for all")
        ->check(CLI::IsMember({"libc", "eperm"}))
        ->capture_default_str();
    app.add_flag("-q,--quiet", options.quiet, "no progress");
    app.footer(
        "Runs the workload without a profile, through the plan's scenarios, and writes the profile that permits what "
        "it\n"
        "did, with the evidence for each rule (callgate why PROFILE SYSCALL).\n\n"
        "exit codes: 0 recorded, or nothing drifted; 1 a scenario failed and nothing was written, or calls drifted; 2\n"
        "unusable input; 3 not everything could be seen\n\n"
        "example: callgate record --repeat 5 -o nginx.json plan.yaml");
}

/// What was recorded, and what it was recorded from.
struct Recording {
    model::RunResult result;
    model::Evidence evidence;
    std::vector<model::InputFile> inputs;
    std::vector<std::string> scenarios;
    std::string workload;
    std::string plan;
};

std::optional<Recording> record_plan(TestPlan& test, const Options& options, ports::Runner& runner,
                                     const Invocation& invocation) {
    Recording recording;
    engine::EvidenceCollector collector{options.repeat};
    test.run.repeat = options.repeat;
    test.run.jobs = options.jobs;
    test.run.recorded = [&](std::size_t run, const engine::InstanceRecording& one) { collector.add(run, one); };
    auto progress = make_progress(invocation, options.quiet);
    recording.result = engine::run(test.run, runner, *progress, invocation.cancel);
    recording.evidence = collector.evidence();
    recording.inputs = test.inputs;
    for (const auto& instance : test.run.suites.front().instances)
        recording.scenarios.insert(recording.scenarios.end(), instance.scenarios.begin(), instance.scenarios.end());
    recording.workload = test.run.workload;
    recording.plan = test.run.file;
    return recording;
}

std::optional<Recording> record_command(const Options& options, ports::Runner& runner, const Invocation& invocation) {
    Recording recording;
    engine::EvidenceCollector collector{options.repeat};
    engine::CommandPlan plan;
    plan.command = options.words;
    plan.environment = invocation.environment;
    plan.mode = model::Mode::baseline;
    for (std::size_t run = 0; run < options.repeat && !invocation.cancel.requested(); ++run) {
        plan.recorded = [&](const engine::InstanceRecording& one) { collector.add(run, one); };
        auto result = engine::run_command(plan, runner, invocation.cancel);
        if (run == 0)
            recording.result = std::move(result);
        else
            recording.result.cases.insert(recording.result.cases.end(), result.cases.begin(), result.cases.end());
    }
    recording.evidence = collector.evidence();
    recording.workload = fmt::format("{}", fmt::join(options.words, " "));
    return recording;
}

/// A workload that fails its scenarios shows what failing takes.
std::string failure_of(const Recording& recording) {
    for (const auto& one : recording.result.cases) {
        if (one.outcome == model::Outcome::passed || one.outcome == model::Outcome::incomplete) continue;
        return fmt::format("{}: {}", one.scenario, one.reasons.empty() ? "did not pass" : one.reasons.front());
    }
    return {};
}

profiles::Lock lock_of(const Recording& recording, const std::string& recorder) {
    auto lock = lock_of_host();
    lock.recorder = recorder;
    lock.workload = recording.workload;
    lock.plan = recording.plan;
    if (!recording.inputs.empty()) lock.plan_sha256 = recording.inputs.front().sha256;
    lock.scenarios = recording.scenarios;
    lock.programs = programs_of(recording.evidence);
    lock.evidence = recording.evidence;
    return lock;
}

int tell_drift(const profiles::Lock& before, const profiles::Lock& after, const Invocation& invocation) {
    const auto drifted = profiles::drift(before, after);
    invocation.out << profiles::render_text(drifted, before, after);
    if (!after.evidence.gaps.empty()) {
        invocation.out << describe_recording(after);
        return kNoVerdict;
    }
    if (drifted.empty()) {
        invocation.out << core::printable(fmt::format("{}: the calls of {}, {} of them", after.workload,
                                                      before.recorded_at, after.evidence.calls.size()))
                       << "\n";
    }
    return drifted.empty() ? kOk : kFindings;
}

int write_recording(const Recording& recording, const Options& options, const std::string& recorder,
                    const std::vector<profiles::LockedReason>& base, const Invocation& invocation) {
    profiles::RecordedChoices choices;
    choices.args = options.args;
    choices.enosys = options.errnos == "libc";
    choices.more = base;
    auto made = profiles::recorded_profile(recording.evidence, choices, options.out);
    if (options.to != "oci") {
        core::Diagnostics diagnostics;
        const auto source = std::make_shared<const core::SourceText>(core::SourceText{options.out, made.text});
        const auto profile = profiles::load(source, diagnostics);
        core::ensure(profile.has_value(), "a recorded profile cannot be read");
        auto written = profiles::convert(*profile, *profiles::find_format(options.to),
                                         profiles::own_target(*profile, host_kernel()));
        if (!written) return complain(invocation, written.error().message);
        for (const auto& loss : written->losses) made.notes.push_back("lost: " + loss);
        made.text = std::move(written->text);
    }
    auto lock = lock_of(recording, recorder);
    lock.profile_sha256 = core::sha256(made.text);
    lock.reasons = base;
    if (auto written = core::write_file(options.out, made.text); !written)
        return complain(invocation, written.error().message, kNoVerdict);
    const auto beside = lock_path(options.out);
    if (auto written = core::write_file(beside, profiles::render_lock(lock)); !written)
        return complain(invocation, written.error().message, kNoVerdict);
    invocation.out << describe_recording(lock);
    for (const auto& note : made.notes) invocation.out << "  note: " << core::printable(note) << "\n";
    invocation.out << core::printable(fmt::format("wrote {} and {}", options.out, beside.string())) << "\n";
    return recording.evidence.gaps.empty() ? kOk : kNoVerdict;
}

std::optional<std::vector<profiles::LockedReason>> base_calls(const std::string& words, const Invocation& invocation) {
    std::vector<profiles::LockedReason> reasons;
    if (words.empty()) return reasons;
    const auto targets = profiles::read_targets(words, host_kernel());
    if (!targets || targets->size() != 1) {
        complain(invocation, "--base: " + (targets ? std::string{"one target"} : targets.error().message));
        return std::nullopt;
    }
    const auto& target = targets->front();
    for (const auto& name : profiles::needed_at_start(target)) {
        reasons.push_back({name, "base",
                           fmt::format("{} makes it between loading the filter and starting the workload{}",
                                       target.runtime, target.no_new_privileges ? ", with no_new_privileges" : "")});
    }
    return reasons;
}

int record(const Options& options, const Invocation& invocation) {
    std::optional<profiles::Lock> before;
    if (!options.against.empty()) {
        core::Diagnostics diagnostics;
        before = load_lock(options.against, diagnostics);
        invocation.err << core::render(diagnostics);
        if (!before) return kUnusable;
    }
    for (const auto& path : {fs::path{options.out}, lock_path(options.out)}) {
        if (fs::exists(path) && !options.force && !before)
            return complain(invocation, fmt::format("'{}' is there already; --force overwrites it", path.string()));
    }
    if (options.args && options.repeat < 2)
        return complain(invocation,
                        "--args: one run does not show which arguments are always the same; add --repeat 3");
    const auto base = base_calls(options.base, invocation);
    if (!base) return kUnusable;
    std::optional<TestPlan> test;
    if (!options.is_command) {
        if (options.words.size() != 1)
            return complain(invocation, "one plan, or a command behind `--`: callgate record -- CMD ARGUMENT...");
        core::Diagnostics diagnostics;
        const auto today = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
        test = load_test_plan(options.words.front(), options.selection, invocation.environment, today, diagnostics);
        invocation.err << core::render(diagnostics);
        if (!test) return kUnusable;
    }
    const auto chosen = make_recording_runner(options.recorder);
    if (!chosen) return complain(invocation, chosen.error().message, kNoVerdict);
    watch_signals(invocation.cancel);
    const auto recording = test ? record_plan(*test, options, *chosen->runner, invocation)
                                : record_command(options, *chosen->runner, invocation);
    if (invocation.cancel.requested()) return 128 + invocation.cancel.reason();
    if (const auto failure = failure_of(*recording); !failure.empty()) {
        return complain(invocation,
                        fmt::format("nothing is written, since the workload fails without a profile: {}", failure),
                        kFindings);
    }
    if (before) return tell_drift(*before, lock_of(*recording, chosen->recorder), invocation);
    return write_recording(*recording, options, chosen->recorder, *base, invocation);
}

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Record what a workload does in its scenarios, as a profile with evidence.", "callgate record"};
    declare(app, options);
    const auto& given = invocation.arguments;
    options.is_command = std::find(given.begin(), given.end(), "--") != given.end();
    if (const auto code = parse(app, invocation)) return *code;
    options.selection.modes = {model::Mode::baseline};
    options.selection.no_profile = true;
    return record(options, invocation);
}

}  // namespace

extern const Command record_command;
const Command record_command{"record", "record what a workload does, as a profile with evidence", run};

}  // namespace callgate::cli
