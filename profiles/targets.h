#pragma once

#include "harness/core/result.h"
#include "harness/model/arch.h"
#include "harness/model/syscall_table.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

using model::Version;

/// Up to three numbers with dots between; what stands behind them ("-rc1", "-amd64") is passed over. None for anything
/// else.
std::optional<Version> read_version(std::string_view text);

/// How a program that starts containers reads profiles. One row each in targets.cpp.
struct Engine {
    enum class ArchMap {
        ignored,
        some,  ///< of the architectures that it knows a map for
        every
    };
    std::string_view name;
    std::string_view summary;
    bool conditions = false;  ///< caps and arches of includes and excludes
    bool min_kernel = false;
    bool old_name = false;     ///< `name` of a rule
    bool errno_names = false;  ///< `errno` and `defaultErrno`
    ArchMap arch_map = ArchMap::ignored;
    std::string_view runtime;                ///< what it hands the profile to unless told otherwise
    std::span<const std::string_view> caps;  ///< of a container unless told otherwise
};

std::span<const Engine> engines();

/// Where a profile is to be used: everything that its meaning depends on.
struct Target {
    const Engine* engine = nullptr;
    std::string runtime;  ///< "runc" or "crun"
    Version runtime_version;
    model::Arch arch;
    Version kernel;
    std::set<std::string> caps;  ///< the bounding set
    bool no_new_privileges = false;
    Version libseccomp;
    std::string words;  ///< as it was asked for: "docker,runc=1.1"
};

/// Targets as a command line names them: `docker,runc=1.1,caps=default+CAP_SYS_ADMIN,crio`. What is not said is that of
/// this host and of the engine; `kernel` is that of this host. An error names the word and what would be right.
core::Result<std::vector<Target>> read_targets(std::string_view words, Version kernel);

/// An engine with everything as it is unless told otherwise.
Target default_target(std::string_view engine, Version kernel);

/// "docker on x86_64, kernel 6.18, 14 capabilities, runc 1.3, libseccomp 2.5.4"
std::string describe(const Target& target);

/// The name that Docker and Podman have for an architecture in `arches`: "amd64".
std::string_view go_name(model::Arch arch);

/// The architecture of "x86_64", "amd64" or "SCMP_ARCH_X86_64": all of them are meant.
std::optional<model::Arch> arch_named(std::string_view word);

/// True where the target's numbers have another byte order than this machine's: its filter is not made here.
bool has_other_byte_order(const Target& target);

/// True where the runtime puts the stub for ENOSYS in front of its filters.
bool has_enosys_stub(const Target& target);

}  // namespace callgate::profiles
