#include "harness/bpf/decision.h"

#include "harness/bpf/calculation.h"
#include "harness/bpf/call_bits.h"
#include "harness/bpf/symbolic_word.h"

#include <fmt/format.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <bitset>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callgate::bpf {

namespace {

// The registers of the machine, and the places where its state keeps them.
constexpr std::size_t kA = BPF_MEMWORDS;
constexpr std::size_t kX = BPF_MEMWORDS + 1;
constexpr std::size_t kRegisters = BPF_MEMWORDS + 2;

using Registers = std::bitset<kRegisters>;

/// What an instruction reads and writes. Jumps and returns are not told from others.
struct Use {
    Registers reads;
    Registers writes;
};

Use use_of(const Instruction& i) {
    Use use;
    const bool with_x = BPF_SRC(i.code) == BPF_X;
    switch (BPF_CLASS(i.code)) {
        case BPF_LD:
        case BPF_LDX:
            use.writes.set(BPF_CLASS(i.code) == BPF_LD ? kA : kX);
            if (BPF_MODE(i.code) == BPF_MEM) use.reads.set(i.k);
            break;
        case BPF_ST:
        case BPF_STX:
            use.reads.set(BPF_CLASS(i.code) == BPF_ST ? kA : kX);
            use.writes.set(i.k);
            break;
        case BPF_ALU:
            use.writes.set(kA);
            use.reads.set(kA).set(kX, with_x && BPF_OP(i.code) != BPF_NEG);
            break;
        case BPF_JMP:
            if (BPF_OP(i.code) != BPF_JA) use.reads.set(kA).set(kX, with_x);
            break;
        case BPF_RET:
            use.reads.set(kA, BPF_RVAL(i.code) == BPF_A);
            break;
        default: {  // BPF_MISC
            const bool to_x = BPF_MISCOP(i.code) == BPF_TAX;
            use.writes.set(to_x ? kX : kA);
            use.reads.set(to_x ? kA : kX);
        }
    }
    return use;
}

/// The registers whose content matters before each instruction.
std::vector<Registers> live_before(const Program& program) {
    std::vector<Registers> live(program.size());
    for (std::size_t at = program.size(); at-- > 0;) {
        const auto& i = program[at];
        Registers after;
        if (BPF_CLASS(i.code) == BPF_JMP) {
            after = BPF_OP(i.code) == BPF_JA ? live[at + 1 + i.k]
                                             : live[at + 1 + i.jump_true] | live[at + 1 + i.jump_false];
        } else if (BPF_CLASS(i.code) != BPF_RET) {
            after = live[at + 1];
        }
        const auto use = use_of(i);
        live[at] = (after & ~use.writes) | use.reads;
    }
    return live;
}

/// A word by its number in Words.
using WordId = std::uint32_t;

/// Each word once, so that states can be compared by numbers. 0 is the constant 0.
class Words {
public:
    Words() { id(constant(0)); }

    WordId id(const SymbolicWord& word) {
        const auto [found, is_new] = ids_.try_emplace(word.bits, static_cast<WordId>(words_.size()));
        if (is_new) words_.push_back(word);
        return found->second;
    }
    const SymbolicWord& operator[](WordId id) const { return words_[id]; }

private:
    std::vector<SymbolicWord> words_;
    std::map<decltype(SymbolicWord::bits), WordId> ids_;
};

struct State {
    std::size_t at = 0;  ///< the instruction that is next
    std::array<WordId, kRegisters> registers{};
    bool operator==(const State&) const = default;
};

struct StateHash {
    std::size_t operator()(const State& state) const {
        std::uint64_t hash = state.at;
        for (const auto id : state.registers) hash = (hash ^ id) * 0x9E3779B97F4A7C15 + (hash >> 29U);
        return hash;
    }
};

std::string_view verb(std::uint16_t code) {
    switch (BPF_OP(code)) {
        case BPF_ADD:
            return "adds";
        case BPF_SUB:
            return "subtracts";
        case BPF_MUL:
            return "multiplies";
        case BPF_DIV:
            return "divides";
        case BPF_LSH:
        case BPF_RSH:
            return "shifts";
        default:
            return "combines";
    }
}

/// What happens at a state: a condition that tells two following states apart, or an end.
struct Visit {
    State state;
    Diagram condition = Diagrams::kAlways;
    std::size_t then = 0;
    std::size_t otherwise = 0;
    Diagram result = Diagrams::kNever;
    bool ends = false;
};

/// Classic BPF only jumps forward: going through the instructions in order meets every state before those that follow
/// it, and going back in order has the result of every state before those that need it. A state says nothing of how it
/// was reached, so that ways which meet with the same registers are one from there on.
class Machine {
public:
    Machine(Diagrams& diagrams, const Program& program, std::optional<CallNumber> only)
        : diagrams_{diagrams}, program_{program}, only_{only}, live_{live_before(program)}, at_(program.size()) {}

    core::Result<Diagram> decide() {
        visit_of(State{});
        for (std::size_t at = 0; at < program_.size(); ++at) {
            for (std::size_t n = 0; n < at_[at].size() && !diagrams_.spent(); ++n) execute(at_[at][n]);
            if (diagrams_.spent()) return core::fail(fmt::format("too complex: {}", what_is_hard(at)));
        }
        for (std::size_t at = program_.size(); at-- > 0;) {
            for (const auto n : at_[at]) {
                auto& visit = visits_[n];
                if (visit.ends) continue;
                visit.result =
                    diagrams_.choose(visit.condition, visits_[visit.then].result, visits_[visit.otherwise].result);
            }
            if (diagrams_.spent()) {
                return core::fail(fmt::format("too complex: from instruction {} of {} on there are too many cases", at,
                                              program_.size()));
            }
        }
        return visits_.front().result;
    }

private:
    std::size_t visit_of(State state) {
        for (std::size_t r = 0; r < kRegisters; ++r) {
            if (!live_[state.at].test(r)) state.registers.at(r) = 0;
        }
        const auto [found, is_new] = visit_at_.try_emplace(state, visits_.size());
        if (is_new) {
            diagrams_.spend(kStepsOfState);
            at_[state.at].push_back(visits_.size());
            visits_.emplace_back().state = state;
        }
        return found->second;
    }

    void execute(std::size_t n) {
        const State before = visits_[n].state;
        const auto& i = program_[before.at];
        State after = before;
        ++after.at;
        Visit visit;
        visit.state = before;
        switch (BPF_CLASS(i.code)) {
            case BPF_RET:
                visit.ends = true;
                visit.result = BPF_RVAL(i.code) == BPF_A ? values_of(diagrams_, words_[before.registers[kA]])
                                                         : diagrams_.leaf(i.k);
                break;
            case BPF_JMP:
                jump(i, after, visit);
                break;
            case BPF_ALU: {
                // A division by zero ends a filter with 0 (net/core/filter.c, bpf_convert_filter).
                const auto operand = operand_of(i, before);
                if (BPF_OP(i.code) == BPF_DIV) {
                    visit.condition = diagrams_.negate(holds(diagrams_, BPF_JEQ, operand, constant(0)));
                }
                after.registers[kA] = words_.id(calculated(diagrams_, i.code, words_[before.registers[kA]], operand));
                visit.then = visit_of(after);
                visit.otherwise = visit.condition == Diagrams::kAlways ? visit.then : dead_end();
                break;
            }
            default:
                move(i, after.registers);
                visit.then = visit.otherwise = visit_of(after);
        }
        visits_[n] = visit;
    }

    void jump(const Instruction& i, const State& next, Visit& visit) {
        State to = next;
        if (BPF_OP(i.code) == BPF_JA) {
            to.at = next.at + i.k;
            visit.then = visit.otherwise = visit_of(to);
            return;
        }
        visit.condition = holds(diagrams_, i.code, words_[next.registers[kA]], operand_of(i, next));
        // A way that no call takes is not followed.
        if (visit.condition != Diagrams::kNever) {
            to.at = next.at + i.jump_true;
            visit.then = visit_of(to);
        }
        if (visit.condition != Diagrams::kAlways) {
            to.at = next.at + i.jump_false;
            visit.otherwise = visit_of(to);
        }
    }

    void move(const Instruction& i, std::array<WordId, kRegisters>& registers) {
        switch (BPF_CLASS(i.code)) {
            case BPF_LD:
                registers[kA] = loaded(i, registers);
                break;
            case BPF_LDX:
                registers[kX] = loaded(i, registers);
                break;
            case BPF_ST:
                registers.at(i.k) = registers[kA];
                break;
            case BPF_STX:
                registers.at(i.k) = registers[kX];
                break;
            default:  // BPF_MISC
                if (BPF_MISCOP(i.code) == BPF_TAX) {
                    registers[kX] = registers[kA];
                } else {
                    registers[kA] = registers[kX];
                }
        }
    }

    WordId loaded(const Instruction& i, const std::array<WordId, kRegisters>& registers) {
        switch (BPF_MODE(i.code)) {
            case BPF_IMM:
                return words_.id(constant(i.k));
            case BPF_MEM:
                return registers.at(i.k);
            case BPF_ABS:
                if (only_ && i.k == offsetof(seccomp_data, arch)) return words_.id(constant(only_->audit_arch));
                if (only_ && i.k == offsetof(seccomp_data, nr)) {
                    return words_.id(constant(static_cast<std::uint32_t>(only_->nr)));
                }
                return words_.id(part_of_call(diagrams_, first_bit_at(i.k)));
            default:  // BPF_LEN
                return words_.id(constant(sizeof(seccomp_data)));
        }
    }

    SymbolicWord operand_of(const Instruction& i, const State& state) const {
        return BPF_SRC(i.code) == BPF_X ? words_[state.registers[kX]] : constant(i.k);
    }

    /// A visit that ends with 0.
    std::size_t dead_end() {
        if (!dead_end_) {
            dead_end_ = visits_.size();
            visits_.emplace_back().ends = true;
        }
        return *dead_end_;
    }

    std::string what_is_hard(std::size_t at) const {
        const auto& i = program_[at];
        const auto of = fmt::format("instruction {} of {}", at, program_.size());
        const auto& registers = visits_[at_[at].front()].state.registers;
        const bool two = BPF_SRC(i.code) == BPF_X && !known(words_[registers[kA]]) && !known(words_[registers[kX]]);
        if (BPF_CLASS(i.code) == BPF_ALU) {
            return fmt::format("{} {} {}", of, verb(i.code),
                               two ? "two values that both depend on the call" : "a value of too many cases");
        }
        if (BPF_CLASS(i.code) == BPF_JMP && two) return of + " compares two values that both depend on the call";
        if (BPF_CLASS(i.code) == BPF_RET) return of + " returns a value of too many cases";
        return "too many cases lead to " + of;
    }

    static constexpr std::size_t kStepsOfState = 8;

    Diagrams& diagrams_;
    const Program& program_;
    std::optional<CallNumber> only_;
    std::vector<Registers> live_;
    Words words_;
    std::vector<Visit> visits_;
    std::vector<std::vector<std::size_t>> at_;  ///< the visits of each instruction
    std::unordered_map<State, std::size_t, StateHash> visit_at_;
    std::optional<std::size_t> dead_end_;
};

}  // namespace

core::Result<Diagram> decision_of(Diagrams& diagrams, const Program& program, std::optional<CallNumber> only) {
    return Machine{diagrams, program, only}.decide();
}

}  // namespace callgate::bpf
