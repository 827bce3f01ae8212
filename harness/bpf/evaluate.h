#pragma once

#include "harness/bpf/program.h"
#include "harness/model/call.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace callgate::bpf {

/// The SECCOMP_RET value that the kernel would compute for the call. Pure; ends within program.size() steps since
/// classic BPF only jumps forward. `program` must have passed check(): anything else is a broken invariant.
std::uint32_t evaluate(const Program& program, const model::Call& call);

/// How the kernel would come to its answer: what it executes, by index in the program, in order. The last one returns,
/// or divides by zero.
struct Way {
    std::vector<std::size_t> executed;
    std::uint32_t returned = 0;
};
Way explain(const Program& program, const model::Call& call);

}  // namespace callgate::bpf
