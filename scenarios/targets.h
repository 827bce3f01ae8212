#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/ports/launch.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace callgate::scenarios {

/// Which processes of a workload something is done to.
struct Target {
    enum class Who { leader, all, children, named };
    enum class Pick { all, one, oldest, newest };
    Who who = Who::leader;
    std::string name;  ///< of `named`: a glob that the comm or the whole command line matches; never the leader's
    Pick pick = Pick::all;

    /// "leader", "children", "all" or {name: GLOB, pick: all|one|oldest|newest}; mistakes are reported.
    static Target read(const document::Node& node, core::Diagnostics& diagnostics);

    /// Those that are meant, of `live` as Instance::live_processes() gave it. `one` is any of them, by `random`.
    [[nodiscard]] std::vector<ports::LiveProcess> among(const std::vector<ports::LiveProcess>& live, pid_t leader,
                                                        std::mt19937_64& random) const;

    /// Why there is nobody: "the workload has no child that is called 'x*'; its children: a[101], b[102]".
    [[nodiscard]] std::string nobody(const std::vector<ports::LiveProcess>& live, pid_t leader) const;
};

/// "nginx: worker process[4711]"; a long command line is cut.
std::string title(const ports::LiveProcess& process);
std::string titles(const std::vector<ports::LiveProcess>& processes);

/// The same process, not another one that has got its number.
bool is_same(const ports::LiveProcess& a, const ports::LiveProcess& b);
bool is_among(const ports::LiveProcess& process, const std::vector<ports::LiveProcess>& processes);

/// Random numbers of one step: the same for the same seed and the same name.
std::mt19937_64 random_of(std::uint64_t seed, const std::string& name);

}  // namespace callgate::scenarios
