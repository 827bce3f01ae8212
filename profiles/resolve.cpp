#include "profiles/resolve.h"

#include "harness/bpf/evaluate.h"
#include "harness/core/printable.h"
#include "harness/model/call.h"
#include "profiles/by_name.h"
#include "profiles/enosys_stub.h"
#include "profiles/semantics.h"
#include "profiles/spec_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

constexpr std::size_t kShown = 60;

std::string names_of(const Profile::Rule& rule) {
    std::vector<std::string> names;
    for (const auto& name : rule.names) names.push_back(core::shortened(name.text, kShown));
    return listed(names);
}

class Resolver {
public:
    Resolver(const Profile& profile, const Target& target) : target_{target}, engine_{*target.engine} {
        result_.profile = profile;
    }

    Resolution resolve() {
        auto& profile = result_.profile;
        profile.native = target_.arch;
        resolve_arch_map();
        resolve_errno(profile.default_errno_name, profile.default_errno_ret);
        std::vector<Profile::Rule> rules;
        for (auto& rule : profile.rules) {
            if (!holds(rule)) continue;
            resolve_errno(rule.errno_name, rule.errno_ret);
            drop_unknown(rule);
            rule.includes = {};
            rule.excludes = {};
            rule.old_name = false;
            rule.comment.clear();
            if (!rule.names.empty()) rules.push_back(std::move(rule));
        }
        profile.rules = std::move(rules);
        return std::move(result_);
    }

private:
    void decide(const core::Span& span, std::string text) { result_.decisions.push_back({span, std::move(text)}); }

    [[nodiscard]] std::string_view engine() const { return engine_.name; }

    /// Podman and CRI-O know a map only for these (container-libs seccomp_linux.go, nativeToSeccomp).
    [[nodiscard]] bool has_map() const {
        static constexpr std::array<std::string_view, 7> kSome{"amd64",    "arm64",       "mips64", "mips64n32",
                                                               "mipsel64", "mipsel64n32", "s390x"};
        if (engine_.arch_map == Engine::ArchMap::every) return true;
        return std::find(kSome.begin(), kSome.end(), go_name(target_.arch)) != kSome.end();
    }

    void resolve_arch_map() {
        auto& profile = result_.profile;
        if (profile.arch_map.empty()) return;
        const auto map = std::exchange(profile.arch_map, {});
        const auto& front = map.front().architecture.span;
        const auto native = model::arch_name(target_.arch);
        if (engine_.arch_map == Engine::ArchMap::ignored) {
            return decide(front, fmt::format("{} passes over archMap: calls of any architecture but {} end the thread",
                                             engine(), native));
        }
        const auto own = std::find_if(map.begin(), map.end(), [&](const Profile::ArchMapping& mapping) {
            return model::arch_from_oci(mapping.architecture.text) == target_.arch;
        });
        if (own == map.end() || !has_map()) {
            return decide(front, fmt::format("archMap has nothing for {} that {} reads: only {} is filtered", native,
                                             engine(), native));
        }
        std::vector<std::string> names{native};
        profile.architectures.push_back(target_.arch);
        for (const auto& sub : own->sub_architectures) {
            const auto arch = model::arch_from_oci(sub.text);
            if (!arch) {
                decide(sub.span, fmt::format("{} is left out: libseccomp {} cannot compile for it", sub.text,
                                             libseccomp_version()));
                continue;
            }
            profile.architectures.push_back(*arch);
            names.push_back(model::arch_name(*arch));
        }
        decide(own->architecture.span, fmt::format("archMap: the architectures are {}", fmt::join(names, ", ")));
    }

    void resolve_errno(std::optional<Profile::Name>& name, std::optional<std::uint16_t>& number) {
        if (!name) return;
        const auto said = std::exchange(name, std::nullopt);
        if (engine_.errno_names) {
            number = errno_of(said->text);
            return;
        }
        const auto taken = model::errno_name(number.value_or(EPERM));
        if (errno_of(said->text) != number.value_or(EPERM))
            decide(said->span,
                   fmt::format("{} passes over an errno by name: {} instead of {}", engine(), taken, said->text));
    }

    bool holds(const Profile::Rule& rule) {
        if (rule.old_name && !engine_.old_name) {
            decide(rule.span, fmt::format("left out: {} reads 'names' only ({})", engine(), names_of(rule)));
            return false;
        }
        if (rule.includes.empty() && rule.excludes.empty()) return true;
        if (!engine_.conditions) {
            decide(rule.span, fmt::format("holds: {} passes over its conditions ({})", engine(), names_of(rule)));
            return true;
        }
        std::vector<std::string> reasons;
        const auto failing = failing_condition(rule, reasons);
        if (failing.empty()) {
            if (reasons.empty()) reasons.emplace_back("nothing in it is asked for");
            decide(rule.span, fmt::format("holds: {} ({})", fmt::join(reasons, ", "), names_of(rule)));
            return true;
        }
        decide(rule.span, fmt::format("left out: {} ({})", failing, names_of(rule)));
        return false;
    }

    /// What keeps the rule from holding, or "" and what it was asked.
    std::string failing_condition(const Profile::Rule& rule, std::vector<std::string>& met) {
        const auto arch = go_name(target_.arch);
        const auto lists = [&](const std::vector<Profile::Name>& names, std::string_view word) {
            return std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.text == word; });
        };
        if (lists(rule.excludes.arches, arch)) return fmt::format("it excludes {}", arch);
        for (const auto& cap : rule.excludes.caps) {
            if (target_.caps.count(cap.text) != 0) return fmt::format("it excludes {}", cap.text);
        }
        if (!rule.excludes.caps.empty()) met.push_back("no excluded capability is there");
        if (!rule.includes.arches.empty()) {
            if (!lists(rule.includes.arches, arch)) return fmt::format("it is not for {}", arch);
            met.push_back(fmt::format("it is for {}", arch));
        }
        for (const auto& cap : rule.includes.caps) {
            if (target_.caps.count(cap.text) == 0) return fmt::format("it needs {}", core::shortened(cap.text, kShown));
            met.push_back(fmt::format("{} is there", cap.text));
        }
        return failing_kernel(rule, met);
    }

    std::string failing_kernel(const Profile::Rule& rule, std::vector<std::string>& met) {
        for (const auto* conditions : {&rule.excludes, &rule.includes}) {
            if (!conditions->min_kernel) continue;
            if (!engine_.min_kernel) {
                met.push_back(fmt::format("{} passes over minKernel", engine()));
                continue;
            }
            const auto wanted = read_version(conditions->min_kernel->text).value_or(Version{});
            const bool reached = Version{target_.kernel.major, target_.kernel.minor, 0} >= wanted;
            const auto words = fmt::format("kernel {} is {} {}", to_string(target_.kernel),
                                           reached ? "at least" : "older than", to_string(wanted));
            if (reached == (conditions == &rule.excludes)) return words;
            met.push_back(words);
        }
        return {};
    }

    /// The linked libseccomp speaks for itself; the table speaks for the others.
    [[nodiscard]] bool known_there(const std::string& name) const {
        if (target_.libseccomp == read_version(libseccomp_version())) return model::libseccomp_knows(name);
        const auto* call = model::find_syscall(name);
        // What the oldest of the table knows, those before it are taken to know as well.
        const auto version = std::max(target_.libseccomp, model::libseccomp_versions().front());
        return call != nullptr && call->libseccomp_since && version >= *call->libseccomp_since;
    }

    void drop_unknown(Profile::Rule& rule) {
        std::erase_if(rule.names, [&](const Profile::Name& name) {
            const bool linked = model::libseccomp_knows(name.text);
            if (known_there(name.text)) {
                if (!linked) {
                    decide(name.span,
                           fmt::format("{} is known to libseccomp {} and not to {}, with which the filter is "
                                       "made here: the rule is missing from it",
                                       name.text, to_string(target_.libseccomp), libseccomp_version()));
                }
                return false;
            }
            decide(name.span, fmt::format("dropped: libseccomp {} does not know '{}'", to_string(target_.libseccomp),
                                          core::shortened(name.text, kShown)));
            return true;
        });
    }

    const Target& target_;
    const Engine& engine_;
    Resolution result_;
};

}  // namespace

Resolution resolve(const Profile& profile, const Target& target) {
    return Resolver{profile, target}.resolve();
}

core::Result<Compiled> install(const Profile& resolved, const Target& target) {
    if (has_other_byte_order(target)) {
        return core::fail(fmt::format("{}: {} has the other byte order than this machine: its filter is not made here",
                                      resolved.name, model::arch_name(target.arch)));
    }
    // runc asks for the tree since 1.2 (github.com/opencontainers/runc/pull/3405); crun never does.
    const bool tree = target.runtime == "runc" && target.runtime_version >= Version{1, 2, 0};
    auto compiled = compile(resolved, tree ? runtime_layout(resolved) : Layout::list);
    if (!compiled || !has_enosys_stub(target)) return compiled;
    const auto stub = enosys_stub(resolved);
    auto& program = compiled->program;
    program.insert(program.begin(), stub.begin(), stub.end());
    if (const auto checked = bpf::check(program); !checked)
        return core::fail(checked.error().context(resolved.name + ": with runc's stub in front"));
    return compiled;
}

std::vector<std::string> needed_at_start(const Target& target) {
    // rt_sigreturn: Go preempts by signals, in a fifth of the starts.
    static constexpr std::array<std::string_view, 24> kRunc{
        "capget", "capset",  "chdir", "close",        "epoll_ctl",  "execve",    "faccessat2", "fcntl",
        "fstat",  "fstatfs", "futex", "getcwd",       "getdents64", "getpid",    "getppid",    "newfstatat",
        "openat", "prctl",   "read",  "rt_sigreturn", "setgid",     "setgroups", "setuid",     "write"};
    static constexpr std::array<std::string_view, 11> kRuncNoNewPrivileges{"close", "epoll_ctl",    "execve", "fstatfs",
                                                                           "futex", "getdents64",   "getpid", "openat",
                                                                           "prctl", "rt_sigreturn", "write"};
    static constexpr std::array<std::string_view, 9> kCrun{
        "capset", "close", "execve", "prctl", "rt_sigaction", "rt_sigprocmask", "setresgid", "setresuid", "write"};
    static constexpr std::array<std::string_view, 2> kCrunNoNewPrivileges{"close", "execve"};
    const bool nnp = target.no_new_privileges;
    const auto needed = target.runtime == "crun"
                            ? (nnp ? std::span<const std::string_view>{kCrunNoNewPrivileges} : kCrun)
                            : (nnp ? std::span<const std::string_view>{kRuncNoNewPrivileges} : kRunc);
    std::vector<std::string> names;
    for (const auto name : needed) {
        if (model::syscall_number(target.arch, std::string{name})) names.emplace_back(name);
    }
    return names;
}

std::vector<std::string> refused_at_start(const bpf::Program& program, const Target& target) {
    auto names = needed_at_start(target);
    std::erase_if(names, [&](const std::string& name) {
        const model::Call call{*model::syscall_number(target.arch, name), model::audit_arch(target.arch), 0, {}};
        return !model::refuses(model::Action::from_return(bpf::evaluate(program, call)));
    });
    return names;
}

Target own_target(const Profile& profile, Version kernel) {
    return default_target(profile.format == "containers" ? "podman" : "docker", kernel);
}

std::string render_decisions(const std::vector<Decision>& decisions) {
    std::string out;
    for (const auto& decision : decisions) out += core::printable(at(decision.span, decision.text)) + "\n";
    return out;
}

}  // namespace callgate::profiles
