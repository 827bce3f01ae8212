#pragma once

#include "harness/bpf/program.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace callgate::bpf {

/// The name of a system call, or nothing for a number without one. Arguments as in model::Call.
using SyscallName = std::function<std::string(std::uint32_t audit_arch, std::int32_t nr)>;

/// One instruction for people.
struct Line {
    std::size_t at = 0;   ///< its index in the program
    std::string label;    ///< "L12" where something jumps to it; the number is its index
    std::string text;     ///< "A = args[1] high", "if A == AUDIT_ARCH_X86_64 goto L4 else L9", "return RET_ERRNO|38"
    std::string comment;  ///< the system call of a compared number, the name of an errno; mostly empty
};

/// A line for each instruction. Loads say which part of the call they see, constants have their names where it is known
/// what they are compared with. `name` is asked for numbers that are compared where only one architecture comes by; it
/// may be empty. `program` must have passed check(). Pure but for `name`.
std::vector<Line> disassemble(const Program& program, const SyscallName& name = {});

/// The lines in columns, each ended: "  12  L12:  A = nr".
std::string to_text(const std::vector<Line>& lines);

}  // namespace callgate::bpf
