#include "harness/bpf/watch.h"

#include "harness/model/action.h"

#include <fmt/format.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <map>
#include <vector>

namespace callgate::bpf {

namespace {

constexpr std::uint32_t kLowHalf = std::endian::native == std::endian::little ? 0 : sizeof(std::uint32_t);
constexpr std::uint32_t kFirstArgument = offsetof(seccomp_data, args) + kLowHalf;
constexpr std::uint32_t kNoIndex = SECCOMP_RET_DATA;

Instruction load(std::uint32_t offset) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset};
}

/// Filters start with an accumulator of zero and may count on it (net/core/filter.c, bpf_convert_filter). Of all that
/// clears it, the kernel's action cache follows only this (kernel/seccomp.c, seccomp_is_const_allow).
constexpr Instruction kClear{BPF_ALU | BPF_AND | BPF_K, 0, 0, 0};

/// Goes on when the accumulator fits, else skips `otherwise` instructions.
Instruction when(std::uint16_t comparison, std::uint32_t value, std::uint8_t otherwise) {
    return {static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), 0, otherwise, value};
}

/// The beginning of the filter: jumps behind it for calls that are watched, falls through for all others.
class Prefix {
public:
    explicit Prefix(std::span<const WatchedCall> calls) {
        std::map<std::uint32_t, std::vector<WatchedCall>> by_arch;
        for (const auto& call : calls) by_arch[call.audit_arch].push_back(call);
        code_.push_back(load(offsetof(seccomp_data, arch)));
        for (const auto& [arch, group] : by_arch) add(arch, group);
        normal_ = code_.size();
        code_.push_back(kClear);
    }

    /// With the jumps aimed at `watched` instructions behind its end.
    [[nodiscard]] Program aimed_at(std::size_t watched) const {
        auto code = code_;
        for (const auto at : to_watched_) code[at].k = static_cast<std::uint32_t>(code.size() + watched - at - 1);
        for (const auto at : to_normal_) code[at].k = static_cast<std::uint32_t>(normal_ - at - 1);
        return code;
    }

private:
    void jump(std::vector<std::size_t>& to) {
        to.push_back(code_.size());
        code_.push_back({BPF_JMP | BPF_JA, 0, 0, 0});
    }

    void add(std::uint32_t arch, const std::vector<WatchedCall>& group) {
        // A comparison skips 255 instructions at the most, so that a long group is skipped by a jump behind it.
        code_.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, arch});
        const auto skip = code_.size();
        code_.push_back({BPF_JMP | BPF_JA, 0, 0, 0});
        code_.push_back(load(offsetof(seccomp_data, nr)));
        for (const auto& call : group) add(call);
        jump(to_normal_);
        code_[skip].k = static_cast<std::uint32_t>(code_.size() - skip - 1);
    }

    void add(const WatchedCall& call) {
        const auto nr = static_cast<std::uint32_t>(call.nr);
        if (call.only == WatchedCall::Only::always) {
            code_.push_back(when(BPF_JEQ, nr, 1));
            return jump(to_watched_);
        }
        constexpr std::uint8_t kLength = 4;  // of what follows
        code_.push_back(when(BPF_JEQ, nr, kLength));
        code_.push_back(load(kFirstArgument));
        code_.push_back(when(call.only == WatchedCall::Only::with_bits ? BPF_JSET : BPF_JEQ, call.value, 1));
        jump(to_watched_);
        jump(to_normal_);
    }

    Program code_;
    std::vector<std::size_t> to_watched_;
    std::vector<std::size_t> to_normal_;
    std::size_t normal_ = 0;
};

bool permits(const Instruction& instruction) {
    return instruction.code == (BPF_RET | BPF_K) && !model::refuses(model::Action::from_return(instruction.k));
}

bool refuses_natively(const Instruction& instruction, HandOver how) {
    if (BPF_CLASS(instruction.code) != BPF_RET || permits(instruction)) return false;
    return (instruction.k & SECCOMP_RET_ACTION_FULL) != return_value(how);
}

}  // namespace

core::Result<Program> watch(const Program& instrumented, std::span<const WatchedCall> calls, HandOver how) {
    const auto hand_over = return_value(how) | kNoIndex;
    // The watched calls run through a copy of the filter that permits nothing. A filter that leaves no refusal to the
    // kernel needs no copy: whoever the call is handed to evaluates the candidate anyway.
    Program watched{{BPF_RET | BPF_K, 0, 0, hand_over}};
    const bool needs_copy = std::any_of(instrumented.begin(), instrumented.end(),
                                        [&](const Instruction& i) { return refuses_natively(i, how); });
    if (needs_copy) {
        watched = {kClear};
        watched.insert(watched.end(), instrumented.begin(), instrumented.end());
        for (auto& instruction : watched) {
            if (permits(instruction)) instruction.k = hand_over;
        }
    }
    auto program = Prefix{calls}.aimed_at(instrumented.size());
    program.insert(program.end(), instrumented.begin(), instrumented.end());
    program.insert(program.end(), watched.begin(), watched.end());
    if (program.size() > kMaxInstructions) {
        return core::fail(
            fmt::format("the filter has {} instructions; with those that watch it would have {}, and the "
                        "kernel takes {}",
                        instrumented.size(), program.size(), kMaxInstructions));
    }
    return program;
}

}  // namespace callgate::bpf
