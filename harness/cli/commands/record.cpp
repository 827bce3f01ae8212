#include "harness/cli/command.h"
#include "harness/cli/lock_files.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/cli/record_text.h"
#include "harness/cli/recording.h"
#include "harness/cli/runner.h"
#include "harness/cli/test_plan.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/sha256.h"
#include "profiles/convert.h"
#include "profiles/drift.h"
#include "profiles/load.h"
#include "profiles/recorded.h"
#include "profiles/resolve.h"
#include "profiles/update.h"

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <iterator>
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
    RecordingOptions recording;
    std::string out = "profile.json";
    std::string to = "oci";
    std::string recorder = "auto";
    std::string base;
    std::string against;
    std::string errnos = "libc";
    std::vector<std::string> for_archs;
    bool args = false;
    bool update = false;
    bool force = false;
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
    declare_scenarios(app, options.selection);
    app.add_option("--repeat", options.recording.repeat, "run everything so often, and say what was not in every run")
        ->check(CLI::Range(std::size_t{1}, kMostRepeats))
        ->capture_default_str();
    app.add_option("-j,--jobs", options.recording.jobs, "instances of the workload side by side")
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
    app.add_flag("--update", options.update,
                 "make the profile at --out fit what is recorded now: text, comments, rules with a comment\n"
                 "\"keep: WHY\" and refusals by name stay; a profile without a lock gets one and loses no rule");
    app.add_option("--for-arch", options.for_archs,
                   "also permit what the same work is predicted to need on this architecture; may be repeated")
        ->type_name("ARCHITECTURE")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--errno", options.errnos,
                   "libc: ENOSYS for unseen calls that C libraries fall back from, EPERM for others; eperm: for all")
        ->check(CLI::IsMember({"libc", "eperm"}))
        ->capture_default_str();
    app.add_flag("-q,--quiet", options.recording.quiet, "no progress");
    app.footer(
        "Runs the workload without a profile, through the plan's scenarios, and writes the profile that permits what "
        "it\n"
        "did, with the evidence for each rule (callgate why PROFILE SYSCALL).\n\n"
        "exit codes: 0 recorded, or nothing drifted; 1 a scenario failed and nothing was written, or calls drifted; 2\n"
        "unusable input; 3 not everything could be seen\n\n"
        "example: callgate record --repeat 5 -o nginx.json plan.yaml");
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

/// Both files, or the exit code after telling why not.
std::optional<int> write_both(const std::string& text, profiles::Lock& lock, const Options& options,
                              const Invocation& invocation) {
    lock.profile_sha256 = core::sha256(text);
    const auto beside = lock_path(options.out);
    auto written = core::write_file(options.out, text);
    if (written) written = core::write_file(beside, profiles::render_lock(lock));
    if (!written) return complain(invocation, written.error().message, kNoVerdict);
    return std::nullopt;
}

void tell_notes(const std::vector<std::string>& notes, const Invocation& invocation) {
    for (const auto& note : notes) invocation.out << "  note: " << core::printable(note) << "\n";
}

int write_recording(profiles::Lock lock, const Options& options, const profiles::RecordedChoices& choices,
                    const Invocation& invocation) {
    auto made = profiles::recorded_profile(lock.evidence, choices, options.out);
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
    lock.reasons = choices.more;
    lock.reasons.insert(lock.reasons.end(), made.predicted.begin(), made.predicted.end());
    if (const auto code = write_both(made.text, lock, options, invocation)) return *code;
    invocation.out << describe_recording(lock);
    tell_notes(made.notes, invocation);
    invocation.out << core::printable(fmt::format("wrote {} and {}", options.out, lock_path(options.out).string()))
                   << "\n";
    return lock.evidence.gaps.empty() ? kOk : kNoVerdict;
}

/// A profile and its lock, as they are.
struct Recorded {
    model::Profile profile;
    std::optional<profiles::Lock> lock;  ///< none: it was written by hand
};

int write_update(const Recorded& before, profiles::Lock lock, const std::vector<profiles::LockedReason>& base,
                 const Options& options, const Invocation& invocation) {
    auto updated = profiles::update(before.profile, before.lock.value_or(profiles::Lock{}), lock.evidence, base);
    if (!updated) return complain(invocation, "--update: " + updated.error().message);
    if (!lock.evidence.gaps.empty()) {
        invocation.out << describe_recording(lock);
        return complain(invocation, "--update: not everything could be seen: nothing is written", kNoVerdict);
    }
    lock.reasons = base;
    lock.reasons.insert(lock.reasons.end(), updated->kept.begin(), updated->kept.end());
    if (before.lock) {
        invocation.out << profiles::render_text(profiles::drift(*before.lock, lock), *before.lock, lock);
    } else {
        invocation.out << describe_recording(lock)
                       << core::printable(fmt::format("{} had no lock: none of its rules goes", options.out)) << "\n";
    }
    if (const auto code = write_both(updated->text, lock, options, invocation)) return *code;
    for (const auto& [word, names] :
         {std::pair{"now permits", &updated->added}, {"no longer permits", &updated->removed}}) {
        if (names->empty()) continue;
        invocation.out << core::printable(fmt::format("{} {}: {}", options.out, word, fmt::join(*names, ", "))) << "\n";
    }
    if (updated->added.empty() && updated->removed.empty())
        invocation.out << core::printable(options.out + ": its rules stay as they are") << "\n";
    tell_notes(updated->notes, invocation);
    return kOk;
}

/// What --update starts from; none after everything wrong was reported.
std::optional<Recorded> read_recorded(const std::string& path, core::Diagnostics& diagnostics) {
    auto text = core::read_file(path);
    if (!text) {
        diagnostics.error({}, "--update: " + text.error().message);
        return std::nullopt;
    }
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{path, std::move(*text)});
    auto profile = profiles::load(source, diagnostics);
    const auto beside = lock_path(path);
    if (!profile) return std::nullopt;
    if (!fs::exists(beside)) return Recorded{std::move(*profile), std::nullopt};
    auto lock = load_lock(beside, diagnostics);
    if (!lock) return std::nullopt;
    return Recorded{std::move(*profile), std::move(lock)};
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

/// Options that make no sense together, or "".
std::string contradiction(const Options& options) {
    if (options.args && options.recording.repeat < 2)
        return "--args: one run does not show which arguments are always the same; add --repeat 3";
    if (options.update && !options.against.empty()) return "--update writes and --against does not: give one of them";
    if (options.update && (options.args || options.to != "oci" || !options.for_archs.empty()))
        return "--update keeps the profile as it is: --args, --to and --for-arch go with a new recording";
    if (!options.is_command && options.words.size() != 1)
        return "one plan, or a command behind `--`: callgate record -- CMD ARGUMENT...";
    return {};
}

core::Result<profiles::RecordedChoices> choices_of(const Options& options, std::vector<profiles::LockedReason> base) {
    profiles::RecordedChoices choices;
    choices.args = options.args;
    choices.enosys = options.errnos == "libc";
    choices.more = std::move(base);
    for (const auto& name : options.for_archs) {
        const auto arch = arch_option("--for-arch", name);
        if (!arch) return core::fail(arch.error());
        choices.for_archs.push_back(*arch);
    }
    return choices;
}

int record(const Options& options, const Invocation& invocation) {
    if (const auto wrong = contradiction(options); !wrong.empty()) return complain(invocation, wrong);
    core::Diagnostics diagnostics;
    std::optional<profiles::Lock> before;
    if (!options.against.empty()) before = load_lock(options.against, diagnostics);
    std::optional<Recorded> old;
    if (options.update) old = read_recorded(options.out, diagnostics);
    std::optional<TestPlan> test;
    if (!options.is_command) {
        const auto today = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
        test = load_test_plan(options.words.front(), options.selection, invocation.environment, today, diagnostics);
    }
    invocation.err << core::render(diagnostics);
    if (diagnostics.has_errors()) return kUnusable;
    for (const auto& path : {fs::path{options.out}, lock_path(options.out)}) {
        if (fs::exists(path) && !options.force && !before && !old) {
            return complain(invocation,
                            fmt::format("'{}' is there already; --force overwrites it, --update keeps it up "
                                        "to date",
                                        path.string()));
        }
    }
    const auto base = base_calls(options.base, invocation);
    if (!base) return kUnusable;
    const auto choices = choices_of(options, *base);
    if (!choices) return complain(invocation, choices.error().message);
    const auto chosen = make_recording_runner(options.recorder);
    if (!chosen) return complain(invocation, chosen.error().message, kNoVerdict);
    watch_signals(invocation.cancel);
    const auto recording = test ? record_plan(*test, options.recording, *chosen, invocation)
                                : record_command_line(options.words, options.recording, *chosen->runner, invocation);
    if (invocation.cancel.requested()) return 128 + invocation.cancel.reason();
    if (const auto failure = failure_of(recording); !failure.empty()) {
        return complain(invocation,
                        fmt::format("nothing is written, since the workload fails without a profile: {}", failure),
                        kFindings);
    }
    auto lock = lock_of(recording, chosen->recorder);
    if (before) return tell_drift(*before, lock, invocation);
    if (old) return write_update(*old, std::move(lock), *base, options, invocation);
    return write_recording(std::move(lock), options, *choices, invocation);
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
