#include "runners/record/learnt.h"

#include "harness/model/call.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <bit>
#include <cerrno>
#include <cstddef>

namespace callgate::runners {

namespace {

using bpf::Instruction;
using bpf::Program;

/// For the watched calls, which a trap puts in front.
constexpr std::size_t kRoomForOthers = 512;
constexpr std::size_t kRoom = bpf::kMaxInstructions - kRoomForOthers;

constexpr Instruction kPermit{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
constexpr Instruction kRefuse{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM};

constexpr std::uint32_t kLowHalf = std::endian::native == std::endian::little ? 0 : sizeof(std::uint32_t);
constexpr std::uint32_t kHighHalf = sizeof(std::uint32_t) - kLowHalf;

Instruction load(std::size_t offset) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}

/// Skips `otherwise` instructions unless the accumulator is `value`.
Instruction when(std::uint32_t value, std::size_t otherwise) {
    return {BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(otherwise), value};
}

/// `block`, which ends with a return, where the accumulator is `value`; otherwise what follows. A comparison skips 255
/// instructions at the most, a jump all there can be.
Program guarded(std::uint32_t value, const Program& block) {
    Program code{{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value},
                 {BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(block.size())}};
    code.insert(code.end(), block.begin(), block.end());
    return code;
}

/// Permits the one combination of values, and falls through for all others.
Program permit(const model::RecordedArguments& kept, const std::vector<std::uint64_t>& values) {
    Program code;
    auto left = 4 * values.size() + 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto argument = offsetof(seccomp_data, args) + sizeof(std::uint64_t) * kept.arguments[i];
        for (const auto& [half, value] : {std::pair{kLowHalf, values[i]}, std::pair{kHighHalf, values[i] >> 32U}}) {
            left -= 2;
            code.push_back(load(argument + half));
            code.push_back(when(static_cast<std::uint32_t>(value), left));
        }
    }
    code.push_back(kPermit);
    return code;
}

}  // namespace

Learnt::Learnt(std::span<const model::RecordedCall> calls) {
    for (const auto& call : calls) {
        auto& known = by_arch_[call.audit_arch][call.nr];
        known.kept = model::recorded_arguments(model::syscall_name(call.audit_arch, call.nr));
        for (const auto& values : call.values) known.values.insert(values.values);
    }
}

bool Learnt::knows(std::uint32_t audit_arch, std::int32_t nr, const std::vector<std::uint64_t>& values) const {
    const auto arch = by_arch_.find(audit_arch);
    if (arch == by_arch_.end()) return false;
    const auto known = arch->second.find(nr);
    if (known == arch->second.end()) return false;
    return known->second.kept == nullptr || known->second.values.count(values) != 0;
}

bpf::Program Learnt::filter() const {
    Program code{load(offsetof(seccomp_data, arch))};
    for (const auto& [arch, calls] : by_arch_) {
        Program block{load(offsetof(seccomp_data, nr))};
        // Calls that are permitted whatever their arguments come first: the kernel asks no filter about them
        // (kernel/seccomp.c, the action cache), and they always fit.
        for (const auto& [nr, known] : calls) {
            if (known.kept != nullptr) continue;
            block.push_back(when(static_cast<std::uint32_t>(nr), 1));
            block.push_back(kPermit);
        }
        for (const auto& [nr, known] : calls) {
            if (known.kept == nullptr || known.kept->in_memory) continue;
            Program combinations;
            for (const auto& values : known.values) {
                const auto one = permit(*known.kept, values);
                if (code.size() + block.size() + combinations.size() + one.size() > kRoom) break;
                combinations.insert(combinations.end(), one.begin(), one.end());
            }
            combinations.push_back(kRefuse);
            const auto asked = guarded(static_cast<std::uint32_t>(nr), combinations);
            block.insert(block.end(), asked.begin(), asked.end());
        }
        block.push_back(kRefuse);
        const auto all = guarded(arch, block);
        code.insert(code.end(), all.begin(), all.end());
    }
    code.push_back(kRefuse);
    return code;
}

}  // namespace callgate::runners
