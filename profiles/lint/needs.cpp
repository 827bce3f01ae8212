// What every program, the kernel, the C library and the runtime need.
#include "harness/decode/witness_text.h"
#include "harness/model/syscall_table.h"
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/recorded.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace callgate::profiles {

namespace {

struct Need {
    std::string_view name;
    std::string_view without;  ///< what happens then
};

constexpr Need kEssentials[] = {
    {"execve", "the runtime starts the workload with it: no container starts"},
    {"exit_group", "every program ends with it: the C library tries again for ever"},
    {"exit", "threads end with it: the C library tries again for ever"},
    {"rt_sigreturn", "every signal handler ends with it: the first signal ends the program"},
};

/// Calls that the kernel goes on with by restart_syscall when a stop (SIGSTOP, ptrace) interrupted them: those whose
/// time-out is relative (kernel/time/hrtimer.c, fs/select.c, kernel/futex/waitwake.c).
constexpr std::string_view kRestarted[] = {"nanosleep", "clock_nanosleep", "poll",
                                           "futex",     "futex_time64",    "clock_nanosleep_time64"};

struct Probe {
    std::string_view name;
    bool any_errno;         ///< callers go on after any error; only an action that kills is too much
    std::string_view says;  ///< who calls it, and what follows
};

/// What the C libraries do is in their sources: glibc 2.34 to 2.41 and musl 1.2.
constexpr Probe kProbes[] = {
    {"clone3", false, "glibc 2.34 and later start threads and processes with it, and use clone only after ENOSYS"},
    {"faccessat2", false, "glibc 2.33 and musl ask for access with it, and use faccessat only after ENOSYS"},
    {"fchmodat2", false, "glibc 2.39 changes modes without following links with it, and falls back only after ENOSYS"},
    {"openat2", false, "runtimes and libraries that open files safely fall back only after ENOSYS"},
    {"statx", false, "glibc's statx, and on 32-bit architectures every stat, fall back only after ENOSYS"},
    {"getrandom", false, "glibc 2.36 ends the program in arc4random unless the error is ENOSYS"},
    {"clock_gettime64", false, "32-bit C libraries with 64-bit times fall back only after ENOSYS"},
    {"clock_nanosleep_time64", false, "32-bit C libraries with 64-bit times fall back only after ENOSYS"},
    {"futex_time64", false, "32-bit C libraries with 64-bit times fall back only after ENOSYS"},
    {"ppoll_time64", false, "32-bit C libraries with 64-bit times fall back only after ENOSYS"},
    {"rseq", true, "glibc 2.35 and later make it at the start of every thread and do without it after any error"},
    {"set_robust_list", true, "glibc makes it at the start of every thread and does without it after any error"},
    {"io_uring_setup", true, "libuv and others try it and do without it after any error"},
};

}  // namespace

std::set<std::string> calls_with_fallback() {
    std::set<std::string> names;
    for (const auto& probe : kProbes) {
        if (!probe.any_errno) names.emplace(probe.name);
    }
    return names;
}

namespace {

/// The answer to all calls of the name, where all are refused alike.
std::optional<model::Action> refusal(const LintSubject& subject, model::Arch arch, std::string_view name) {
    const auto& regions = subject.regions(arch, name);
    if (regions.size() != 1) return std::nullopt;
    const auto action = model::Action::from_return(regions.front().returned);
    return model::refuses(action) ? std::optional{action} : std::nullopt;
}

bool is_trap(const Probe& probe, model::Action action) {
    using enum model::ActionKind;
    if (action.kind == kill_process || action.kind == kill_thread || action.kind == trap) return true;
    return action.kind == error && action.data != ENOSYS && !probe.any_errno;
}

}  // namespace

namespace looks {

void missing_essential(const LintSubject& subject, Findings& findings) {
    const auto arch = subject.native();
    for (const auto& need : kEssentials) {
        const auto action = refusal(subject, arch, need.name);
        if (!action) continue;
        const auto call = subject.regions(arch, need.name).front().witness;
        auto& finding = findings.add(subject.place_of(call),
                                     fmt::format("answered with {}: {}", model::describe(*action), need.without));
        finding.calls.push_back({std::string{need.name}, ""});
        finding.witness =
            fmt::format("{}: {}", on_arch(fmt::format("{}()", need.name), arch), model::describe(*action));
        finding.fix = fmt::format("permit {}", need.name);
    }
}

void restart_refused(const LintSubject& subject, Findings& findings) {
    const auto arch = subject.native();
    const auto action = refusal(subject, arch, "restart_syscall");
    if (!action) return;
    std::vector<std::string_view> permitted;
    for (const auto name : kRestarted) {
        if (subject.permitted(arch, name)) permitted.push_back(name);
    }
    if (permitted.empty()) return;
    const auto call = subject.regions(arch, "restart_syscall").front().witness;
    auto& finding =
        findings.add(subject.place_of(call), fmt::format("answered with {}: after a stop (SIGSTOP and SIGCONT, a "
                                                         "debugger, a frozen cgroup) the kernel goes on with {} "
                                                         "by this call, and the program gets the refusal",
                                                         model::describe(*action), fmt::join(permitted, ", ")));
    finding.calls.push_back({"restart_syscall", ""});
    finding.witness = fmt::format("{}: {}", on_arch("restart_syscall()", arch), model::describe(*action));
    finding.fix = "permit restart_syscall: it does nothing by itself";
}

void errno_trap(const LintSubject& subject, Findings& findings) {
    if (subject.filter() == nullptr) return;
    // One finding for all calls that one rule refuses.
    std::map<std::tuple<std::size_t, model::Action, bool>, std::size_t> known;
    for (const auto& probe : kProbes) {
        for (const auto arch : subject.archs()) {
            const auto action = refusal(subject, arch, probe.name);
            if (!action || !is_trap(probe, *action)) continue;
            const auto call = subject.regions(arch, probe.name).front().witness;
            const auto [place, is_new] =
                known.try_emplace({subject.decider_of(call), *action, probe.any_errno}, findings.all().size());
            if (is_new) {
                auto& finding = findings.add(
                    subject.place_of(call),
                    probe.any_errno
                        ? fmt::format("answered with {}: callers would go on after an error", model::describe(*action))
                        : fmt::format("answered with {}: callers fall back on an older call only after ENOSYS",
                                      model::describe(*action)));
                finding.witness =
                    fmt::format("{}: {}", on_arch(fmt::format("{}()", probe.name), arch), model::describe(*action));
                finding.fix = "permit them, or refuse them with SCMP_ACT_ERRNO and 'errnoRet' 38 (ENOSYS)";
            }
            findings.all()[place->second].calls.push_back({std::string{probe.name}, std::string{probe.says}});
            break;
        }
    }
}

void enosys_boundary(const LintSubject& subject, Findings& findings) {
    const auto fallback = default_action(subject.profile());
    using enum model::ActionKind;
    const bool stub = fallback.kind != allow && fallback.kind != log && fallback.kind != trace;
    if (subject.filter() == nullptr || !stub || fallback == model::Action{error, ENOSYS}) return;
    const auto arch = subject.native();
    const Entry* last = nullptr;
    std::int32_t highest = -1;
    for (const auto& use : subject.uses()) {
        const auto nr = model::libseccomp_number(arch, subject.name_of(use.entry).text);
        if (!nr || *nr <= highest) continue;
        highest = *nr;
        last = &use.entry;
    }
    if (last == nullptr) return;
    std::vector<std::string> above;
    for (const auto& probe : kProbes) {
        const auto nr = model::table_number(arch, probe.name);
        if (nr && *nr > highest && !probe.any_errno) above.push_back(fmt::format("{} ({})", probe.name, *nr));
    }
    if (above.empty()) return;
    auto& finding = findings.add(
        subject.name_of(*last).span,
        fmt::format("number {} is the highest that is named: above it runc answers ENOSYS, crun {}. {} work under runc "
                    "for this "
                    "reason alone, and a name with a higher number takes it from all of them that are below",
                    highest, model::describe(fallback), fmt::join(above, ", ")));
    finding.calls.push_back({subject.name_of(*last).text, ""});
    finding.fix = "say ENOSYS for them: a rule with SCMP_ACT_ERRNO and 'errnoRet' 38, or 'defaultErrnoRet' 38";
}

void nobody_listens(const LintSubject& subject, Findings& findings) {
    using Name = model::Profile::ActionName;
    const auto& profile = subject.profile();
    for (const auto& rule : profile.rules) {
        if (rule.action != Name::notify || profile.listener_path) continue;
        auto& finding = findings.add(
            rule.span, "SCMP_ACT_NOTIFY without 'listenerPath': nobody answers, and runtimes refuse to start");
        for (const auto& name : rule.names) finding.calls.push_back({name.text, ""});
        finding.fix = "name the socket of the listener in 'listenerPath'";
    }
    const auto traced = [&](const core::Span& span, std::optional<std::string> name) {
        auto& finding = findings.add(span, "SCMP_ACT_TRACE asks a tracer; where none is, the call fails with ENOSYS");
        finding.severity = core::Severity::note;
        if (name) finding.calls.push_back({*name, ""});
        finding.fix = "SCMP_ACT_ERRNO says what is wanted without one";
    };
    if (profile.default_action == Name::trace) traced(profile.default_action_span, std::nullopt);
    for (const auto& rule : profile.rules) {
        if (rule.action == Name::trace && counts(profile, rule))
            traced(rule.span, rule.names.empty() ? std::nullopt : std::optional{rule.names.front().text});
    }
}

}  // namespace looks

}  // namespace callgate::profiles
