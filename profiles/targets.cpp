#include "profiles/targets.h"

#include "harness/core/closest.h"
#include "harness/core/printable.h"
#include "profiles/capabilities.h"
#include "profiles/semantics.h"
#include "profiles/vocabulary.h"

#include <fmt/format.h>

#include <linux/audit.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace callgate::profiles {

namespace {

// moby daemon/pkg/oci/caps/defaults.go; containerd pkg/oci/spec.go has the same.
constexpr std::array<std::string_view, 14> kDockerCaps{
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",    "CAP_AUDIT_WRITE"};
// cri-o internal/config/capabilities.
constexpr std::array<std::string_view, 9> kCrioCaps{"CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FSETID",
                                                    "CAP_FOWNER",  "CAP_SETGID",           "CAP_SETUID",
                                                    "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_KILL"};
// containers/common pkg/config/default.go, DefaultCapabilities.
constexpr std::array<std::string_view, 11> kPodmanCaps{
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FOWNER",  "CAP_FSETID", "CAP_KILL",      "CAP_NET_BIND_SERVICE",
    "CAP_SETFCAP", "CAP_SETGID",       "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"};

// moby/profiles seccomp/seccomp_linux.go; containerd contrib/seccomp/seccomp.go (json.Unmarshal into the runtime-spec's
// type); containers/container-libs common/pkg/seccomp/seccomp_linux.go.
constexpr std::array kEngines{
    Engine{"docker", "Docker's daemon resolves the profile", true, true, true, false, Engine::ArchMap::every, "runc",
           kDockerCaps},
    Engine{"containerd", "containerd's CRI takes the runtime-spec's words and passes over all others", false, false,
           false, false, Engine::ArchMap::ignored, "runc", kDockerCaps},
    Engine{"crio", "CRI-O resolves it, but for minKernel", true, false, true, true, Engine::ArchMap::some, "crun",
           kCrioCaps},
    Engine{"podman", "Podman resolves it, but for minKernel", true, false, true, true, Engine::ArchMap::some, "crun",
           kPodmanCaps},
};

constexpr Version kRunc{1, 3, 0};
constexpr Version kCrun{1, 20, 0};

struct ArchName {
    std::string_view oci;
    std::string_view go;
};
// seccomp_linux.go of both, `goToNative` and libseccomp-golang's String().
constexpr std::array kArchNames{
    ArchName{"SCMP_ARCH_X86", "x86"},
    ArchName{"SCMP_ARCH_X86_64", "amd64"},
    ArchName{"SCMP_ARCH_X32", "x32"},
    ArchName{"SCMP_ARCH_ARM", "arm"},
    ArchName{"SCMP_ARCH_AARCH64", "arm64"},
    ArchName{"SCMP_ARCH_MIPS", "mips"},
    ArchName{"SCMP_ARCH_MIPS64", "mips64"},
    ArchName{"SCMP_ARCH_MIPS64N32", "mips64n32"},
    ArchName{"SCMP_ARCH_MIPSEL", "mipsel"},
    ArchName{"SCMP_ARCH_MIPSEL64", "mipsel64"},
    ArchName{"SCMP_ARCH_MIPSEL64N32", "mipsel64n32"},
    ArchName{"SCMP_ARCH_PPC", "ppc"},
    ArchName{"SCMP_ARCH_PPC64", "ppc64"},
    ArchName{"SCMP_ARCH_PPC64LE", "ppc64le"},
    ArchName{"SCMP_ARCH_RISCV64", "riscv64"},
    ArchName{"SCMP_ARCH_S390", "s390"},
    ArchName{"SCMP_ARCH_S390X", "s390x"},
};

std::string shown(std::string_view word) {
    constexpr std::size_t kShown = 60;
    return core::printable(core::shortened(word, kShown));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

class Options {
public:
    explicit Options(Target& target) : target_{target} {}

    core::Status set(std::string_view key, std::string_view value) {
        if (key == "runc" || key == "crun") {
            target_.runtime = key;
            return version(key, value, target_.runtime_version);
        }
        if (key == "kernel") return version(key, value, target_.kernel);
        if (key == "libseccomp") return version(key, value, target_.libseccomp);
        if (key == "arch") return arch(value);
        if (key == "nnp") return no_new_privileges(value);
        if (key == "caps") return caps(value);
        return core::fail(
            fmt::format("a target has no '{}'; {}", shown(key),
                        core::suggestion(key, {"runc", "crun", "arch", "kernel", "caps", "nnp", "libseccomp"})));
    }

private:
    static core::Status version(std::string_view key, std::string_view value, Version& into) {
        const auto read = read_version(value);
        if (!read) return core::fail(fmt::format("{}={}: no version such as 1.2 or 6.18.1", key, shown(value)));
        into = *read;
        return {};
    }

    core::Status arch(std::string_view value) {
        const auto named = arch_named(value);
        if (!named) {
            std::vector<std::string> names;
            for (const auto& info : model::known_archs()) names.emplace_back(info.short_name);
            return core::fail(fmt::format("arch={}: unknown; {}", shown(value), core::suggestion(value, names)));
        }
        target_.arch = *named;
        return {};
    }

    core::Status no_new_privileges(std::string_view value) {
        if (value != "true" && value != "false") return core::fail(fmt::format("nnp={}: true or false", shown(value)));
        target_.no_new_privileges = value == "true";
        return {};
    }

    core::Status caps(std::string_view value) {
        target_.caps.clear();
        for (const auto word : split(value, '+')) {
            if (word == "none") continue;
            if (word == "default") {
                for (const auto cap : target_.engine->caps) target_.caps.emplace(cap);
                continue;
            }
            const auto& known = known_capabilities();
            if (word == "all") {
                target_.caps.insert(known.begin(), known.end());
            } else if (std::find(known.begin(), known.end(), word) != known.end()) {
                target_.caps.emplace(word);
            } else {
                return core::fail(
                    fmt::format("caps={}: unknown capability; {}", shown(word), suggest_token(word, "CAP_", known)));
            }
        }
        return {};
    }

    Target& target_;
};

const Engine* find_engine(std::string_view name) {
    const auto* found = std::find_if(kEngines.begin(), kEngines.end(), [&](const Engine& e) { return e.name == name; });
    return found == kEngines.end() ? nullptr : found;
}

Target target_of(const Engine& engine, Version kernel) {
    Target target;
    target.engine = &engine;
    target.runtime = engine.runtime;
    target.runtime_version = target.runtime == "crun" ? kCrun : kRunc;
    target.arch = model::native_arch();
    target.kernel = kernel;
    for (const auto cap : engine.caps) target.caps.emplace(cap);
    target.libseccomp = read_version(libseccomp_version()).value_or(Version{});
    target.words = engine.name;
    return target;
}

}  // namespace

std::optional<Version> read_version(std::string_view text) {
    std::array<std::uint16_t, 3> numbers{};
    const char* at = text.data();
    const char* const last = text.data() + text.size();
    for (auto& number : numbers) {
        const auto [end, error] = std::from_chars(at, last, number);
        if (error != std::errc{}) return std::nullopt;
        at = end;
        if (at == last || *at != '.') break;
        ++at;
    }
    return Version{numbers[0], numbers[1], numbers[2]};
}

std::span<const Engine> engines() {
    return kEngines;
}

core::Result<std::vector<Target>> read_targets(std::string_view words, Version kernel) {
    std::vector<Target> targets;
    for (const auto word : split(words, ',')) {
        const auto equals = word.find('=');
        if (equals == std::string_view::npos) {
            const auto* engine = find_engine(word);
            if (engine == nullptr) {
                std::vector<std::string> names;
                for (const auto& known : kEngines) names.emplace_back(known.name);
                return core::fail(fmt::format("no target '{}'; {}", shown(word), core::suggestion(word, names)));
            }
            targets.push_back(target_of(*engine, kernel));
            continue;
        }
        if (targets.empty())
            return core::fail(fmt::format("'{}' stands before a target; docker,{}", shown(word), shown(word)));
        auto& target = targets.back();
        target.words += fmt::format(",{}", core::printable(word));
        if (auto set = Options{target}.set(word.substr(0, equals), word.substr(equals + 1)); !set)
            return core::fail(set.error());
    }
    return targets;
}

Target default_target(std::string_view engine, Version kernel) {
    const auto* found = find_engine(engine);
    core::ensure(found != nullptr, "a default target that is none");
    return target_of(*found, kernel);
}

std::string describe(const Target& target) {
    return fmt::format("{} on {}, kernel {}, {} capabilities, {} {}, libseccomp {}", target.engine->name,
                       model::arch_name(target.arch), to_string(target.kernel), target.caps.size(), target.runtime,
                       to_string(target.runtime_version), to_string(target.libseccomp));
}

std::string_view go_name(model::Arch arch) {
    for (const auto& [oci, go] : kArchNames) {
        if (model::arch_from_oci(oci) == arch) return go;
    }
    return {};
}

std::optional<model::Arch> arch_named(std::string_view word) {
    for (const auto& info : model::known_archs()) {
        if (word == info.short_name || word == info.oci_name || word == go_name(info.arch)) return info.arch;
    }
    return std::nullopt;
}

bool has_other_byte_order(const Target& target) {
    return ((model::audit_arch(target.arch) ^ model::audit_arch(model::native_arch())) & __AUDIT_ARCH_LE) != 0;
}

bool has_enosys_stub(const Target& target) {
    return target.runtime == "runc" && target.runtime_version >= Version{1, 0, 0};
}

}  // namespace callgate::profiles
