#pragma once

#include "harness/bpf/program.h"
#include "harness/model/call.h"

#include <cstdint>

namespace callgate::bpf {

/// The SECCOMP_RET value that the kernel would compute for the call. Pure; ends within program.size() steps since
/// classic BPF only jumps forward. `program` must have passed check(): anything else is a broken invariant.
std::uint32_t evaluate(const Program& program, const model::Call& call);

}  // namespace callgate::bpf
