#include "harness/bpf/possible.h"

#include "harness/bpf/comparison.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace callgate::bpf {

namespace {

/// The accumulator on the ways that lead to an instruction: one value, or anything.
struct Accumulator {
    bool reached = false;
    std::optional<std::uint32_t> value;

    void join(const Accumulator& other) {
        if (!other.reached) return;
        if (reached && value != other.value) {
            value.reset();
        } else {
            value = other.value;
        }
        reached = true;
    }
};

std::optional<std::uint32_t> after(const Instruction& i, std::optional<std::uint32_t> a, std::uint32_t arch,
                                   std::uint32_t nr) {
    switch (BPF_CLASS(i.code)) {
        case BPF_LD:
            if (BPF_MODE(i.code) == BPF_IMM) return i.k;
            if (BPF_MODE(i.code) != BPF_ABS) return std::nullopt;
            if (i.k == offsetof(seccomp_data, nr)) return nr;
            if (i.k == offsetof(seccomp_data, arch)) return arch;
            return std::nullopt;
        case BPF_ALU:
            if (a && i.code == (BPF_ALU | BPF_AND | BPF_K)) return *a & i.k;
            return std::nullopt;
        case BPF_MISC:
            return BPF_MISCOP(i.code) == BPF_TAX ? a : std::nullopt;
        default:
            return a;  // loads into X and stores leave it
    }
}

}  // namespace

std::set<std::uint32_t> possible_returns(const Program& program, std::uint32_t audit_arch, std::int32_t nr) {
    // Classic BPF jumps forward only: one pass sees every way into an instruction before the instruction itself.
    std::vector<Accumulator> at(program.size());
    std::set<std::uint32_t> found;
    const auto go = [&](std::size_t to, const Accumulator& with) {
        if (to < at.size()) at[to].join(with);
    };
    at.front().reached = true;
    for (std::size_t pc = 0; pc < program.size(); ++pc) {
        if (!at[pc].reached) continue;
        const auto& i = program[pc];
        const auto& a = at[pc].value;
        switch (BPF_CLASS(i.code)) {
            case BPF_RET:
                found.insert(BPF_RVAL(i.code) == BPF_A ? std::uint32_t{SECCOMP_RET_KILL_PROCESS} : i.k);
                break;
            case BPF_JMP: {
                if (BPF_OP(i.code) == BPF_JA) {
                    go(pc + 1 + i.k, at[pc]);
                    break;
                }
                const bool known = a && BPF_SRC(i.code) == BPF_K;
                if (!known || holds(i.code, *a, i.k)) go(pc + 1 + i.jump_true, at[pc]);
                if (!known || !holds(i.code, *a, i.k)) go(pc + 1 + i.jump_false, at[pc]);
                break;
            }
            default:
                // A division by zero ends a filter with 0, which kills (net/core/filter.c).
                if (i.code == (BPF_ALU | BPF_DIV | BPF_X)) found.insert(SECCOMP_RET_KILL_THREAD);
                go(pc + 1, {true, after(i, a, audit_arch, static_cast<std::uint32_t>(nr))});
        }
    }
    return found;
}

}  // namespace callgate::bpf
