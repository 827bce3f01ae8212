#include "harness/bpf/program.h"

#include <fmt/format.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <string_view>

namespace callgate::bpf {

namespace {

constexpr std::uint32_t kShiftLimit = 32;

enum class Kind { other, load_data, memory, jump, branch, ret };

/// The instructions that kernel/seccomp.c takes: those of classic BPF without packet access and without MOD.
bool known(std::uint16_t code, Kind& kind) {
    kind = Kind::other;
    switch (code) {
        case BPF_LD | BPF_W | BPF_ABS:
            kind = Kind::load_data;
            return true;
        case BPF_LD | BPF_MEM:
        case BPF_LDX | BPF_MEM:
        case BPF_ST:
        case BPF_STX:
            kind = Kind::memory;
            return true;
        case BPF_JMP | BPF_JA:
            kind = Kind::jump;
            return true;
        case BPF_JMP | BPF_JEQ | BPF_K:
        case BPF_JMP | BPF_JEQ | BPF_X:
        case BPF_JMP | BPF_JGE | BPF_K:
        case BPF_JMP | BPF_JGE | BPF_X:
        case BPF_JMP | BPF_JGT | BPF_K:
        case BPF_JMP | BPF_JGT | BPF_X:
        case BPF_JMP | BPF_JSET | BPF_K:
        case BPF_JMP | BPF_JSET | BPF_X:
            kind = Kind::branch;
            return true;
        case BPF_RET | BPF_K:
        case BPF_RET | BPF_A:
            kind = Kind::ret;
            return true;
        case BPF_LD | BPF_W | BPF_LEN:
        case BPF_LDX | BPF_W | BPF_LEN:
        case BPF_LD | BPF_IMM:
        case BPF_LDX | BPF_IMM:
        case BPF_ALU | BPF_ADD | BPF_K:
        case BPF_ALU | BPF_ADD | BPF_X:
        case BPF_ALU | BPF_SUB | BPF_K:
        case BPF_ALU | BPF_SUB | BPF_X:
        case BPF_ALU | BPF_MUL | BPF_K:
        case BPF_ALU | BPF_MUL | BPF_X:
        case BPF_ALU | BPF_DIV | BPF_K:
        case BPF_ALU | BPF_DIV | BPF_X:
        case BPF_ALU | BPF_AND | BPF_K:
        case BPF_ALU | BPF_AND | BPF_X:
        case BPF_ALU | BPF_OR | BPF_K:
        case BPF_ALU | BPF_OR | BPF_X:
        case BPF_ALU | BPF_XOR | BPF_K:
        case BPF_ALU | BPF_XOR | BPF_X:
        case BPF_ALU | BPF_LSH | BPF_K:
        case BPF_ALU | BPF_LSH | BPF_X:
        case BPF_ALU | BPF_RSH | BPF_K:
        case BPF_ALU | BPF_RSH | BPF_X:
        case BPF_ALU | BPF_NEG:
        case BPF_MISC | BPF_TAX:
        case BPF_MISC | BPF_TXA:
            return true;
        default:
            return false;
    }
}

/// Why the kernel refuses the instruction by itself; empty when it does not.
std::string_view fault(const Program& program, std::size_t at) {
    const auto& [code, jump_true, jump_false, k] = program[at];
    const std::size_t following = program.size() - at - 1;
    Kind kind{};
    if (!known(code, kind)) return "is none that seccomp takes";
    switch (kind) {
        case Kind::load_data:
            if (k >= sizeof(seccomp_data)) return "loads from behind seccomp_data";
            if (k % sizeof(std::uint32_t) != 0) return "loads from an offset that is no multiple of 4";
            return {};
        case Kind::memory:
            return k >= BPF_MEMWORDS ? "uses a memory word that does not exist" : "";
        case Kind::jump:
            return k >= following ? "jumps behind the end" : "";
        case Kind::branch:
            return jump_true >= following || jump_false >= following ? "jumps behind the end" : "";
        case Kind::ret:
        case Kind::other:
            break;
    }
    if (code == (BPF_ALU | BPF_DIV | BPF_K) && k == 0) return "divides by zero";
    const bool shift = code == (BPF_ALU | BPF_LSH | BPF_K) || code == (BPF_ALU | BPF_RSH | BPF_K);
    return shift && k >= kShiftLimit ? "shifts by more than 31 bits" : "";
}

/// The first instruction that may load a memory word that no instruction before it has stored, on some path; or the
/// length of the program. Needs valid jumps. One bit per word; as check_load_and_stores() of net/core/filter.c.
std::size_t first_load_before_store(const Program& program) {
    constexpr std::uint16_t kAll = 0xFFFF;
    std::vector<std::uint16_t> stored_at(program.size(), kAll);
    std::uint16_t stored = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const auto& [code, jump_true, jump_false, k] = program[at];
        stored &= stored_at[at];
        Kind kind{};
        known(code, kind);
        if (kind == Kind::memory) {
            const auto bit = static_cast<std::uint16_t>(1U << k);
            const bool store = code == BPF_ST || code == BPF_STX;
            if (!store && (stored & bit) == 0) return at;
            if (store) stored |= bit;
        } else if (kind == Kind::jump) {
            stored_at[at + 1 + k] &= stored;
            stored = kAll;  // what follows is only reached by jumps, which bring their own mask
        } else if (kind == Kind::branch) {
            stored_at[at + 1 + jump_true] &= stored;
            stored_at[at + 1 + jump_false] &= stored;
            stored = kAll;
        }
    }
    return program.size();
}

core::Unexpected refuse(const Program& program, std::size_t at, std::string_view why) {
    return core::fail(fmt::format("instruction {} of {} (code {:#06x}) {}", at, program.size(), program[at].code, why));
}

}  // namespace

core::Status check(const Program& program) {
    if (program.empty()) return core::fail("the filter has no instruction");
    if (program.size() > kMaxInstructions) {
        return core::fail(fmt::format("the filter has {} instructions, the kernel takes at most {}", program.size(),
                                      kMaxInstructions));
    }
    for (std::size_t at = 0; at < program.size(); ++at) {
        if (const auto why = fault(program, at); !why.empty()) return refuse(program, at, why);
    }
    const auto last = program.back().code;
    if (last != (BPF_RET | BPF_K) && last != (BPF_RET | BPF_A)) {
        return refuse(program, program.size() - 1, "is the last one and does not return");
    }
    if (const auto at = first_load_before_store(program); at < program.size()) {
        return refuse(program, at, "loads a memory word that may not have been stored");
    }
    return {};
}

}  // namespace callgate::bpf
