#pragma once

#include "harness/bpf/program.h"

#include <cstdint>
#include <set>

namespace callgate::bpf {

/// Every SECCOMP_RET value that the filter may give for calls of this number, whatever their arguments and place; it
/// may hold some that never come, and lacks none. `program` must have passed check(). Takes time in the length of
/// the program. A value that is computed at run time counts as SECCOMP_RET_KILL_PROCESS, the strongest.
std::set<std::uint32_t> possible_returns(const Program& program, std::uint32_t audit_arch, std::int32_t nr);

}  // namespace callgate::bpf
