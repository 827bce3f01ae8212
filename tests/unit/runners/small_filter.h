#pragma once

#include "harness/bpf/program.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "tests/support/fake_task.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <string>
#include <vector>

namespace callgate::tests {

/// A call of this machine's own architecture.
inline model::Call native_call(const std::string& name, std::vector<std::uint64_t> args = {}) {
    return call(name, std::move(args), model::arch_name(model::native_arch()));
}

/// Gives native calls of `name` the answer `value`, calls of every other architecture `foreign`, and permits the rest.
inline bpf::Program answering(const std::string& name, std::uint32_t value, std::uint32_t foreign = SECCOMP_RET_ALLOW) {
    const auto named = native_call(name);
    return {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 4},
            {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, named.audit_arch},
            {BPF_RET | BPF_K, 0, 0, foreign},
            {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
            {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(named.nr)},
            {BPF_RET | BPF_K, 0, 0, value},
            {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
}

}  // namespace callgate::tests
