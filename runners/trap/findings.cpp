#include "runners/trap/findings.h"

#include "runners/trap/witness.h"

#include <utility>

namespace callgate::runners {

std::optional<std::size_t> Findings::note(pid_t tid, const model::Call& call, const Verdict& verdict,
                                          std::uint64_t stack_pointer) {
    const bool happens = verdict.decision.kind != model::Decision::Kind::let_through;
    Site site{call.audit_arch, call.nr, call.instruction_pointer, 0, record_.phase(), happens};
    if (stack_pointer != 0) site.caller = callers_.of(tid, call, stack_pointer);
    auto& log = record_.refusals();
    if (const auto known = log.count(site)) {
        record_.tell(tid, call, *known);
        return std::nullopt;
    }
    auto first = bear_witness(tid, call);
    auto stack = unwinder_.of_stopped(first.pid, tid, call.instruction_pointer);
    if (stack_pointer != 0) site.caller = callers_.learn(tid, call, stack_pointer, stack.caller_pc);
    if (const auto known = log.count(site)) {
        record_.tell(tid, call, *known);
        return std::nullopt;
    }
    first.stack = std::move(stack.frames);
    first.action = verdict.action;
    first.happened = happens;
    first.phase = site.phase;
    if (verdict.decision.kind == model::Decision::Kind::refuse) first.returned = -verdict.decision.error;
    const auto index = log.add(site, std::move(first));
    record_.tell(tid, call, index);
    return index;
}

}  // namespace callgate::runners
