#include "harness/bpf/disassemble.h"

#include "harness/bpf/call_bits.h"
#include "harness/model/action.h"

#include <fmt/format.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace callgate::bpf {

namespace {

using Named = std::pair<std::uint32_t, std::string_view>;

constexpr std::array kArchs{Named{AUDIT_ARCH_I386, "AUDIT_ARCH_I386"},
                            Named{AUDIT_ARCH_X86_64, "AUDIT_ARCH_X86_64"},
                            Named{AUDIT_ARCH_ARM, "AUDIT_ARCH_ARM"},
                            Named{AUDIT_ARCH_ARMEB, "AUDIT_ARCH_ARMEB"},
                            Named{AUDIT_ARCH_AARCH64, "AUDIT_ARCH_AARCH64"},
                            Named{AUDIT_ARCH_MIPS, "AUDIT_ARCH_MIPS"},
                            Named{AUDIT_ARCH_MIPSEL, "AUDIT_ARCH_MIPSEL"},
                            Named{AUDIT_ARCH_MIPS64, "AUDIT_ARCH_MIPS64"},
                            Named{AUDIT_ARCH_MIPS64N32, "AUDIT_ARCH_MIPS64N32"},
                            Named{AUDIT_ARCH_MIPSEL64, "AUDIT_ARCH_MIPSEL64"},
                            Named{AUDIT_ARCH_MIPSEL64N32, "AUDIT_ARCH_MIPSEL64N32"},
                            Named{AUDIT_ARCH_PARISC, "AUDIT_ARCH_PARISC"},
                            Named{AUDIT_ARCH_PARISC64, "AUDIT_ARCH_PARISC64"},
                            Named{AUDIT_ARCH_PPC, "AUDIT_ARCH_PPC"},
                            Named{AUDIT_ARCH_PPC64, "AUDIT_ARCH_PPC64"},
                            Named{AUDIT_ARCH_PPC64LE, "AUDIT_ARCH_PPC64LE"},
                            Named{AUDIT_ARCH_RISCV32, "AUDIT_ARCH_RISCV32"},
                            Named{AUDIT_ARCH_RISCV64, "AUDIT_ARCH_RISCV64"},
                            Named{AUDIT_ARCH_S390, "AUDIT_ARCH_S390"},
                            Named{AUDIT_ARCH_S390X, "AUDIT_ARCH_S390X"},
                            Named{AUDIT_ARCH_LOONGARCH64, "AUDIT_ARCH_LOONGARCH64"}};

constexpr std::array kActions{Named{SECCOMP_RET_KILL_PROCESS, "RET_KILL_PROCESS"},
                              Named{SECCOMP_RET_KILL_THREAD, "RET_KILL_THREAD"},
                              Named{SECCOMP_RET_TRAP, "RET_TRAP"},
                              Named{SECCOMP_RET_ERRNO, "RET_ERRNO"},
                              Named{SECCOMP_RET_USER_NOTIF, "RET_USER_NOTIF"},
                              Named{SECCOMP_RET_TRACE, "RET_TRACE"},
                              Named{SECCOMP_RET_LOG, "RET_LOG"},
                              Named{SECCOMP_RET_ALLOW, "RET_ALLOW"}};

template <std::size_t N>
std::string_view name_in(const std::array<Named, N>& names, std::uint32_t value) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const Named& named) { return named.first == value; });
    return found == names.end() ? std::string_view{} : found->second;
}

std::string number(std::uint32_t value) {
    constexpr std::uint32_t kSmall = 1024;
    return value < kSmall ? fmt::format("{}", value) : fmt::format("{:#x}", value);
}

std::string part_of_call(std::uint32_t offset) {
    if (offset == offsetof(seccomp_data, nr)) return "nr";
    if (offset == offsetof(seccomp_data, arch)) return "arch";
    const auto bit = first_bit_at(offset);
    const auto field = field_of(bit);
    const auto* half = bit == first_bit_of(field) ? "high" : "low";
    return field == Field::instruction_pointer ? fmt::format("instruction_pointer {}", half)
                                               : fmt::format("args[{}] {}", static_cast<unsigned>(field), half);
}

std::string returned(std::uint32_t value) {
    const auto action = name_in(kActions, value & SECCOMP_RET_ACTION_FULL);
    if (action.empty()) return fmt::format("{:#x}", value);
    const auto data = value & SECCOMP_RET_DATA;
    return data == 0 ? std::string{action} : fmt::format("{}|{}", action, data);
}

std::string_view operator_of(std::uint16_t code, bool holds) {
    switch (BPF_OP(code)) {
        case BPF_JEQ:
            return holds ? "==" : "!=";
        case BPF_JGT:
            return holds ? ">" : "<=";
        default:  // BPF_JGE
            return holds ? ">=" : "<";
    }
}

std::string_view assignment_of(std::uint16_t code) {
    switch (BPF_OP(code)) {
        case BPF_ADD:
            return "+=";
        case BPF_SUB:
            return "-=";
        case BPF_MUL:
            return "*=";
        case BPF_DIV:
            return "/=";
        case BPF_AND:
            return "&=";
        case BPF_OR:
            return "|=";
        case BPF_XOR:
            return "^=";
        case BPF_LSH:
            return "<<=";
        default:  // BPF_RSH
            return ">>=";
    }
}

std::string label_of(std::size_t at) {
    return fmt::format("L{}", at);
}

/// What is known of all calls that come to an instruction.
struct Known {
    bool reached = false;
    std::optional<std::uint32_t> in_a;  ///< the offset in seccomp_data that A was loaded from
    std::optional<std::uint32_t> arch;

    void join(const Known& other) {
        if (!reached) {
            *this = other;
            return;
        }
        if (in_a != other.in_a) in_a.reset();
        if (arch != other.arch) arch.reset();
    }
};

class Disassembly {
public:
    Disassembly(const Program& program, const SyscallName& name)
        : program_{program}, name_{name}, known_(program.size()) {}

    std::vector<Line> lines() {
        known_.front().reached = true;
        std::vector<Line> lines(program_.size());
        for (std::size_t at = 0; at < program_.size(); ++at) {
            lines[at].at = at;
            lines[at].text = text(at, lines[at].comment);
            follow(at);
        }
        for (const auto target : targets_) lines[target].label = label_of(target);
        return lines;
    }

private:
    /// Passes on what is known to the instructions that may be next.
    void follow(std::size_t at) {
        const auto& i = program_[at];
        Known after = known_[at];
        if (!after.reached || BPF_CLASS(i.code) == BPF_RET) return;
        if (BPF_CLASS(i.code) != BPF_JMP) {
            if (i.code == (BPF_LD | BPF_W | BPF_ABS)) {
                after.in_a = i.k;
            } else if (changes_a(i.code)) {
                after.in_a.reset();
            }
            known_[at + 1].join(after);
            return;
        }
        if (BPF_OP(i.code) == BPF_JA) {
            known_[at + 1 + i.k].join(after);
            return;
        }
        known_[at + 1 + i.jump_false].join(after);
        if (i.code == (BPF_JMP | BPF_JEQ | BPF_K) && after.in_a == offsetof(seccomp_data, arch)) after.arch = i.k;
        known_[at + 1 + i.jump_true].join(after);
    }

    static bool changes_a(std::uint16_t code) {
        return BPF_CLASS(code) == BPF_LD || BPF_CLASS(code) == BPF_ALU ||
               (BPF_CLASS(code) == BPF_MISC && BPF_MISCOP(code) == BPF_TXA);
    }

    std::string text(std::size_t at, std::string& comment) {
        const auto& i = program_[at];
        const auto operand = BPF_SRC(i.code) == BPF_X ? std::string{"X"} : number(i.k);
        switch (BPF_CLASS(i.code)) {
            case BPF_LD:
                return "A = " + loaded(i);
            case BPF_LDX:
                return "X = " + loaded(i);
            case BPF_ST:
                return fmt::format("M[{}] = A", i.k);
            case BPF_STX:
                return fmt::format("M[{}] = X", i.k);
            case BPF_ALU:
                return BPF_OP(i.code) == BPF_NEG ? "A = -A" : fmt::format("A {} {}", assignment_of(i.code), operand);
            case BPF_JMP:
                return jump(at, comment);
            case BPF_RET:
                if (BPF_RVAL(i.code) == BPF_A) return "return A";
                if ((i.k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO && (i.k & SECCOMP_RET_DATA) != 0) {
                    comment = model::errno_name(static_cast<int>(i.k & SECCOMP_RET_DATA));
                }
                return "return " + returned(i.k);
            default:  // BPF_MISC
                return BPF_MISCOP(i.code) == BPF_TAX ? "X = A" : "A = X";
        }
    }

    static std::string loaded(const Instruction& i) {
        switch (BPF_MODE(i.code)) {
            case BPF_IMM:
                return number(i.k);
            case BPF_MEM:
                return fmt::format("M[{}]", i.k);
            case BPF_ABS:
                return part_of_call(i.k);
            default:  // BPF_LEN
                return number(sizeof(seccomp_data));
        }
    }

    std::string target(std::size_t at) {
        targets_.insert(at);
        return label_of(at);
    }

    std::string jump(std::size_t at, std::string& comment) {
        const auto& i = program_[at];
        if (BPF_OP(i.code) == BPF_JA) return "goto " + target(at + 1 + i.k);
        const auto then = at + 1 + i.jump_true;
        const auto otherwise = at + 1 + i.jump_false;
        if (then == otherwise) return "goto " + target(then);
        // A jump that goes on with the next instruction in one case is told by the other.
        const bool holds = otherwise == at + 1 || then != at + 1;
        const auto condition = compared(at, holds, comment);
        if (otherwise == at + 1) return fmt::format("if {} goto {}", condition, target(then));
        if (then == at + 1) return fmt::format("if {} goto {}", condition, target(otherwise));
        const auto first = target(then);
        return fmt::format("if {} goto {} else {}", condition, first, target(otherwise));
    }

    std::string compared(std::size_t at, bool holds, std::string& comment) const {
        const auto& i = program_[at];
        const auto& known = known_[at];
        const bool by_x = BPF_SRC(i.code) == BPF_X;
        auto operand = by_x ? std::string{"X"} : number(i.k);
        if (BPF_OP(i.code) == BPF_JSET) {
            if (!by_x) operand = fmt::format("{:#x}", i.k);
            return fmt::format("A & {} {} 0", operand, holds ? "!=" : "==");
        }
        if (!by_x && known.in_a == offsetof(seccomp_data, arch)) {
            if (const auto arch = name_in(kArchs, i.k); !arch.empty()) operand = arch;
        }
        if (!by_x && known.in_a == offsetof(seccomp_data, nr) && known.arch && name_) {
            comment = name_(*known.arch, static_cast<std::int32_t>(i.k));
        }
        return fmt::format("A {} {}", operator_of(i.code, holds), operand);
    }

    const Program& program_;
    const SyscallName& name_;
    std::vector<Known> known_;
    std::set<std::size_t> targets_;
};

}  // namespace

std::vector<Line> disassemble(const Program& program, const SyscallName& name) {
    return Disassembly{program, name}.lines();
}

std::string to_text(const std::vector<Line>& lines) {
    const auto width = fmt::format("{}", lines.empty() ? 0 : lines.back().at).size();
    std::size_t longest = 0;
    for (const auto& line : lines) longest = std::max(longest, line.text.size());
    std::string text;
    for (const auto& line : lines) {
        const auto label = line.label.empty() ? std::string{} : line.label + ":";
        text += fmt::format("{:>{}}  {:<{}}  ", line.at, width, label, width + 2);
        text += line.comment.empty() ? line.text : fmt::format("{:<{}}  ; {}", line.text, longest, line.comment);
        text += '\n';
    }
    return text;
}

}  // namespace callgate::bpf
