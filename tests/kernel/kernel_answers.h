#pragma once

#include "harness/bpf/program.h"
#include "harness/model/call.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace callgate::test {

/// A filter that decides as another one does and executes nothing: each value that the other one returns is an errno of
/// its own here.
struct NumberedFilter {
    bpf::Program program;
    std::map<std::uint32_t, int> errno_of;  ///< by returned value
};

/// Of a program that returns constants only, fewer than 4095 of them.
NumberedFilter numbered(const bpf::Program& program);

/// What the kernel answers to each of the calls under a filter that refuses every one of them with an errno: made in a
/// child process, natively, or with int 0x80 where the call is one of i386. -1 where something else came out. None
/// where the host takes no filter.
std::optional<std::vector<int>> kernel_answers(const bpf::Program& program, const std::vector<model::Call>& calls);

/// True where this kernel runs the calls of an architecture from this process: the native one, and i386 beside x86_64.
bool kernel_takes(std::uint32_t audit_arch);

/// True of calls that no filter sees: uretprobe and uprobe of x86_64, which the kernel's own trampolines make
/// (kernel/seccomp.c, seccomp_uprobe_exception; Linux 6.14).
bool passes_by_filters(const model::Call& call);

}  // namespace callgate::test
