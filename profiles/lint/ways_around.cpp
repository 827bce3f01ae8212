// Ways around what the profile refuses.
#include "harness/bpf/condition.h"
#include "harness/decode/witness_text.h"
#include "harness/model/syscall_table.h"
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

namespace {

using model::Profile;

bool always_refused(const LintSubject& subject, model::Arch arch, std::string_view name) {
    return !subject.regions(arch, name).empty() && !subject.permitted(arch, name);
}

/// What an io_uring does by itself, by the opcodes of linux/io_uring.h.
constexpr std::string_view kInRings[] = {"accept4", "bind",     "connect", "fallocate", "fsetxattr", "ftruncate",
                                         "linkat",  "listen",   "mkdirat", "openat",    "openat2",   "renameat2",
                                         "sendmsg", "setxattr", "socket",  "statx",     "symlinkat", "unlinkat"};

/// A part of a combination: one of the calls is enough, with this value under the mask of its argument.
struct Part {
    std::vector<std::string_view> names;
    unsigned argument = 0;
    std::uint64_t mask = 0;  ///< 0: whatever the arguments are
    std::uint64_t value = 0;
};

struct Combination {
    std::vector<Part> parts;
    core::Severity severity;
    std::string_view lets;
};

const std::vector<Combination>& combinations() {
    constexpr std::uint64_t kNewUser = 0x1000'0000;
    constexpr std::uint64_t kInt = 0xffff'ffff;
    static const Part kUserNamespace{{"unshare", "clone"}, 0, kNewUser, kNewUser};
    static const auto kWarning = core::Severity::warning;
    static const std::vector<Combination> kAll{
        {{kUserNamespace, {{"mount"}}},
         kWarning,
         "a user namespace gives the right to mount: release_agent of cgroups (CVE-2022-0492), overlayfs "
         "(CVE-2023-0386)"},
        {{kUserNamespace, {{"fsopen"}}, {{"fsconfig"}}},
         kWarning,
         "a user namespace gives the right to prepare mounts, whose parameters the kernel reads (CVE-2022-0185)"},
        {{kUserNamespace, {{"socket"}, 0, kInt, 17}},
         kWarning,
         "a user namespace gives the right to AF_PACKET sockets (CVE-2017-7308, CVE-2020-14386)"},
        {{kUserNamespace, {{"socket"}, 0, kInt, 16}},
         kWarning,
         "a user namespace gives the right to nf_tables over AF_NETLINK (CVE-2022-32250, CVE-2023-32233, "
         "CVE-2024-1086)"},
        {{kUserNamespace, {{"setsockopt"}}},
         kWarning,
         "a user namespace gives the right to set tables of iptables (CVE-2021-22555)"},
        {{{{"bpf"}}, {{"perf_event_open"}}},
         kWarning,
         "programs in the kernel that are started at any of its instructions, and read its memory"},
        {{{{"pidfd_open"}}, {{"pidfd_getfd"}}},
         core::Severity::note,
         "takes open files and sockets out of other processes of its user"},
        {{{{"memfd_create"}}, {{"execveat"}}},
         core::Severity::note,
         "runs programs that no file system ever held: what looks at files on disk does not see them"},
    };
    return kAll;
}

/// A permitted call of the part.
std::optional<model::Call> permitted(const LintSubject& subject, model::Arch arch, const Part& part) {
    for (const auto name : part.names) {
        bpf::Condition condition{{{}}};
        if (part.mask != 0)
            condition = {
                {{bpf::Test{static_cast<bpf::Field>(part.argument), part.mask, {{part.value, part.value}}, false}}}};
        if (auto call = subject.permitted(arch, name, condition)) return call;
    }
    return std::nullopt;
}

std::string witness_of(const model::Call& call, const Part& part) {
    decode::Touched touched;
    if (part.mask != 0) touched.set(part.argument);
    return decode::witness_text(call, touched);
}

/// Calls that do the same, or the same and more.
const std::vector<std::vector<std::string_view>>& families() {
    static const std::vector<std::vector<std::string_view>> kAll{
        {"open", "openat", "openat2", "creat"},
        {"mkdir", "mkdirat"},
        {"unlink", "rmdir", "unlinkat"},
        {"rename", "renameat", "renameat2"},
        {"link", "linkat"},
        {"symlink", "symlinkat"},
        {"mknod", "mknodat"},
        {"chmod", "fchmod", "fchmodat", "fchmodat2"},
        {"chown", "fchown", "lchown", "fchownat"},
        {"truncate", "ftruncate"},
        {"execve", "execveat"},
        {"fork", "vfork", "clone", "clone3"},
        {"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"},
        {"setuid", "setreuid", "setresuid"},
        {"setgid", "setregid", "setresgid"},
        {"init_module", "finit_module"},
        {"kexec_load", "kexec_file_load"},
        {"settimeofday", "clock_settime", "adjtimex", "clock_adjtime"},
        {"mount", "fsmount", "move_mount"},
        {"umount", "umount2"},
        {"process_vm_readv", "ptrace"},
        {"process_vm_writev", "ptrace"},
        {"accept", "accept4"},
        {"send", "sendto", "sendmsg", "sendmmsg"},
        {"recv", "recvfrom", "recvmsg", "recvmmsg"},
        {"setxattr", "lsetxattr", "fsetxattr", "setxattrat"},
        {"mprotect", "pkey_mprotect"},
        {"setrlimit", "prlimit64"},
    };
    return kAll;
}

/// What does the same and is permitted because no rule names it.
std::vector<std::string> gaps(const LintSubject& subject, model::Arch arch, std::string_view refused) {
    std::set<std::string> found;
    for (const auto& family : families()) {
        if (std::find(family.begin(), family.end(), refused) == family.end()) continue;
        for (const auto other : family) {
            if (other == refused) continue;
            const auto call = subject.permitted(arch, other);
            if (call && subject.filter()->decider(*call).by == Decider::By::default_action) found.emplace(other);
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace

namespace looks {

void io_uring_bypass(const LintSubject& subject, Findings& findings) {
    for (const auto arch : subject.archs()) {
        const auto call = subject.permitted(arch, "io_uring_setup");
        if (!call) continue;
        std::vector<std::string_view> refused;
        for (const auto name : kInRings) {
            if (always_refused(subject, arch, name)) refused.push_back(name);
        }
        auto& finding = findings.add(
            subject.place_of(*call),
            refused.empty()
                ? std::string{"permitted: no filter sees what is done through a ring (CVE-2021-41073, CVE-2022-2602, "
                              "CVE-2022-29582 went through it)"}
                : fmt::format("permitted: a ring does {} without a system call that a filter sees, and the profile "
                              "refuses them",
                              fmt::join(refused, ", ")));
        if (refused.empty()) finding.severity = core::Severity::note;
        finding.calls.push_back({"io_uring_setup", ""});
        finding.witness = fmt::format("{}: {}", on_arch("io_uring_setup()", arch), answer_to(subject, *call));
        finding.fix =
            "refuse io_uring_setup with 'errnoRet' 38 (ENOSYS): programs do without; or set the sysctl "
            "io_uring_disabled";
        return;
    }
}

void dangerous_combination(const LintSubject& subject, Findings& findings) {
    for (const auto& combination : combinations()) {
        for (const auto arch : subject.archs()) {
            std::vector<model::Call> calls;
            std::vector<std::string> witnesses;
            for (const auto& part : combination.parts) {
                const auto call = permitted(subject, arch, part);
                if (!call) break;
                calls.push_back(*call);
                witnesses.push_back(witness_of(*call, part));
            }
            if (calls.size() != combination.parts.size()) continue;
            auto& finding =
                findings.add(subject.place_of(calls.front()), fmt::format("permitted together: {}", combination.lets));
            finding.severity = combination.severity;
            for (const auto& call : calls) {
                finding.calls.push_back({model::syscall_name(call.audit_arch, call.nr),
                                         fmt::format("permitted at {}", core::to_string(subject.place_of(call)))});
            }
            finding.witness = on_arch(fmt::format("{}", fmt::join(witnesses, ", ")), arch);
            finding.fix = "refuse one of them; of a user namespace the flag CLONE_NEWUSER (0x10000000) is enough";
            break;
        }
    }
}

void denylist_gap(const LintSubject& subject, Findings& findings) {
    if (subject.filter() == nullptr || model::refuses(default_action(subject.profile()))) return;
    std::set<std::string> told;
    for (const auto& use : subject.uses()) {
        const auto& rule = subject.rule_of(use.entry);
        const auto& name = subject.name_of(use.entry);
        const auto action = action_of(rule);
        // ENOSYS sends programs to the other call on purpose.
        const bool fallback = action == model::Action{model::ActionKind::error, ENOSYS};
        if (use.kind != EntryUse::Kind::decides || !model::refuses(action) || fallback) continue;
        for (const auto arch : subject.archs()) {
            if (!always_refused(subject, arch, name.text)) continue;
            const auto others = gaps(subject, arch, name.text);
            if (others.empty() || !told.insert(name.text).second) continue;
            auto& finding = findings.add(
                name.span, fmt::format("refused, but {} {} permitted by default: programs do the same with {}",
                                       fmt::join(others, ", "), others.size() == 1 ? "is" : "are",
                                       others.size() == 1 ? "it" : "one of them"));
            finding.calls.push_back({name.text, ""});
            finding.witness = fmt::format("{}: ALLOW", on_arch(fmt::format("{}()", others.front()), arch));
            finding.fix = fmt::format("refuse {} as well; a list of what is permitted does not have this problem",
                                      fmt::join(others, ", "));
        }
    }
}

void default_permits(const LintSubject& subject, Findings& findings) {
    const auto action = default_action(subject.profile());
    if (model::refuses(action)) return;
    auto& finding =
        findings.add(subject.profile().default_action_span,
                     action.kind == model::ActionKind::log
                         ? "what no rule names is logged and happens: this is for recording and protects nothing"
                         : "what no rule names is permitted, also every call that a later kernel brings");
    finding.fix = "list what is permitted: `callgate test` proposes the list for a workload";
}

void speculation_flag(const LintSubject& subject, Findings& findings) {
    const auto& flags = subject.profile().flags;
    if (!flags) return;
    const auto has = [&](std::string_view flag) {
        return std::find(flags->begin(), flags->end(), flag) != flags->end();
    };
    const auto* list = subject.root() == nullptr || subject.root()->kind != document::Node::Kind::mapping
                           ? nullptr
                           : subject.root()->find("flags");
    const auto place = [&](std::string_view flag) {
        if (list == nullptr) return subject.profile().span;
        for (const auto& item : list->items) {
            if (item.scalar == flag) return item.span;
        }
        return list->span;
    };
    if (has("SECCOMP_FILTER_FLAG_SPEC_ALLOW")) {
        auto& finding =
            findings.add(place("SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
                         "SPEC_ALLOW leaves speculative store bypass on where the kernel would switch it off for "
                         "filtered processes (its default before Linux 5.16)");
        finding.fix = "an empty list of flags asks for the mitigation; without 'flags' runtimes set SPEC_ALLOW as well";
    }
    if (has("SECCOMP_FILTER_FLAG_TSYNC")) {
        auto& finding =
            findings.add(place("SECCOMP_FILTER_FLAG_TSYNC"),
                         "TSYNC changes nothing: runc passes over it, and the runtime has one thread when it counts");
        finding.fix = "take it out";
    }
}

}  // namespace looks

}  // namespace callgate::profiles
