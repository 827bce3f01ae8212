#include "harness/bpf/evaluate.h"

#include "harness/bpf/calculation.h"
#include "harness/bpf/comparison.h"
#include "harness/core/result.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace callgate::bpf {

namespace {

using Data = std::array<std::uint32_t, sizeof(seccomp_data) / sizeof(std::uint32_t)>;

/// struct seccomp_data as 32-bit words in the byte order of this machine, as the kernel lays it out.
Data words_of(const model::Call& call) {
    seccomp_data data{};
    data.nr = call.nr;
    data.arch = call.audit_arch;
    data.instruction_pointer = call.instruction_pointer;
    for (std::size_t i = 0; i < call.args.size(); ++i) data.args[i] = call.args[i];
    return std::bit_cast<Data>(data);
}

struct Machine {
    std::uint32_t a = 0;
    std::uint32_t x = 0;
    std::array<std::uint32_t, BPF_MEMWORDS> memory{};
};

std::uint32_t loaded(const Machine& machine, const Data& data, const Instruction& instruction) {
    switch (BPF_MODE(instruction.code)) {
        case BPF_IMM:
            return instruction.k;
        case BPF_ABS:
            return data.at(instruction.k / sizeof(std::uint32_t));
        case BPF_MEM:
            return machine.memory.at(instruction.k);
        default:
            return sizeof(seccomp_data);  // BPF_LEN
    }
}

/// Calls `executes` with the index of each instruction before it is executed.
template <typename Executes>
std::uint32_t run(const Program& program, const model::Call& call, Executes executes) {
    const Data data = words_of(call);
    Machine machine;
    for (std::size_t at = 0; at < program.size(); ++at) {
        executes(at);
        const auto& instruction = program[at];
        const auto code = instruction.code;
        const std::uint32_t operand = BPF_SRC(code) == BPF_X ? machine.x : instruction.k;
        switch (BPF_CLASS(code)) {
            case BPF_LD:
                machine.a = loaded(machine, data, instruction);
                break;
            case BPF_LDX:
                machine.x = loaded(machine, data, instruction);
                break;
            case BPF_ST:
                machine.memory.at(instruction.k) = machine.a;
                break;
            case BPF_STX:
                machine.memory.at(instruction.k) = machine.x;
                break;
            case BPF_ALU:
                if (const auto result = calculated(code, machine.a, operand)) {
                    machine.a = *result;
                    break;
                }
                return 0;
            case BPF_JMP:
                if (BPF_OP(code) == BPF_JA) {
                    at += instruction.k;
                } else {
                    at += holds(code, machine.a, operand) ? instruction.jump_true : instruction.jump_false;
                }
                break;
            case BPF_RET:
                return BPF_RVAL(code) == BPF_A ? machine.a : instruction.k;
            default:  // BPF_MISC
                if (BPF_MISCOP(code) == BPF_TAX) {
                    machine.x = machine.a;
                } else {
                    machine.a = machine.x;
                }
        }
    }
    core::ensure(false, "a filter that passed its check ran over its end");
    return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace

std::uint32_t evaluate(const Program& program, const model::Call& call) {
    return run(program, call, [](std::size_t) {});
}

Way explain(const Program& program, const model::Call& call) {
    Way way;
    way.returned = run(program, call, [&](std::size_t at) { way.executed.push_back(at); });
    return way;
}

}  // namespace callgate::bpf
