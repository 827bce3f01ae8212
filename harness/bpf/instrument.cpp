#include "harness/bpf/instrument.h"

#include "harness/model/action.h"

#include <fmt/format.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <map>

namespace callgate::bpf {

std::uint32_t return_value(HandOver how) {
    return how == HandOver::trace ? SECCOMP_RET_TRACE : SECCOMP_RET_USER_NOTIF;
}

core::Result<Instrumented> instrument(const Program& program, model::Mode mode, HandOver how) {
    Instrumented out{program, {}};
    const bool rewrites = mode == model::Mode::log || mode == model::Mode::error;
    if (!rewrites) return out;
    std::map<std::uint32_t, std::uint32_t> index_of;
    for (std::size_t at = 0; at < out.program.size(); ++at) {
        auto& instruction = out.program[at];
        if (mode == model::Mode::log && instruction.code == (BPF_ALU | BPF_DIV | BPF_X)) {
            // A division by zero ends the filter with 0, a kill that stands in no return (net/core/filter.c).
            return core::fail(
                fmt::format("instruction {} of {} divides by a value computed at run time, which may kill without a "
                            "return that could be rewritten: such a filter cannot be run in log mode",
                            at, program.size()));
        }
        if (BPF_CLASS(instruction.code) != BPF_RET) continue;
        if (BPF_RVAL(instruction.code) == BPF_A) {
            return core::fail(
                fmt::format("instruction {} of {} returns a value computed at run time: such a filter "
                            "can be run in enforce mode only",
                            at, program.size()));
        }
        const auto original = instruction.k;
        if (model::decide(mode, model::Action::from_return(original)).kind == model::Decision::Kind::native) continue;
        const auto [entry, is_new] = index_of.try_emplace(original, static_cast<std::uint32_t>(out.originals.size()));
        if (is_new) out.originals.push_back(original);
        // An index never exceeds the 16 bits of data: there are at most kMaxInstructions returns.
        core::ensure(entry->second <= SECCOMP_RET_DATA, "more distinct returns than a filter can have instructions");
        instruction.k = return_value(how) | entry->second;
    }
    return out;
}

}  // namespace callgate::bpf
