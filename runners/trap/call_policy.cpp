#include "runners/trap/call_policy.h"

#include "harness/bpf/evaluate.h"
#include "harness/bpf/possible.h"
#include "runners/trap/abis.h"

#include <linux/filter.h>

#include <algorithm>

namespace callgate::runners {

namespace {

bool is_native_refusal(std::uint32_t value, model::Mode mode) {
    const auto action = model::Action::from_return(value);
    return model::refuses(action) && model::decide(mode, action).kind == model::Decision::Kind::native;
}

}  // namespace

CallPolicy::CallPolicy(const ports::Confinement& confinement) : confinement_{confinement} {
    for (const auto& name : confinement.never_let_through) {
        const auto numbers = numbers_of(name);
        never_let_through_.insert(numbers.begin(), numbers.end());
    }
}

Verdict CallPolicy::judge(const model::Call& call) const {
    Verdict verdict;
    verdict.action = model::Action::from_return(bpf::evaluate(confinement_.candidate, call));
    verdict.decision = model::decide(confinement_.mode, verdict.action);
    if (verdict.decision.kind == model::Decision::Kind::let_through &&
        never_let_through_.count({call.audit_arch, call.nr}) != 0) {
        verdict.decision = {model::Decision::Kind::refuse, model::errno_of_refusal(verdict.action)};
    }
    return verdict;
}

bool CallPolicy::refuses_natively() const {
    return std::any_of(confinement_.candidate.begin(), confinement_.candidate.end(), [&](const bpf::Instruction& i) {
        return i.code == (BPF_RET | BPF_K) && is_native_refusal(i.k, confinement_.mode);
    });
}

bool CallPolicy::refuses_native_calls_natively() const {
    if (!refuses_natively()) return false;  // spares log mode a walk for every number
    const auto arch = model::audit_arch(model::native_arch());
    for (std::int32_t nr = 0; nr <= kHighestCallNumber; ++nr) {
        const auto answers = bpf::possible_returns(confinement_.candidate, arch, nr);
        if (std::any_of(answers.begin(), answers.end(),
                        [&](std::uint32_t value) { return is_native_refusal(value, confinement_.mode); })) {
            return true;
        }
    }
    return false;
}

bool CallPolicy::refuses_restart_syscall() const {
    const auto number = numbers_of("restart_syscall").front();
    model::Call call;
    call.audit_arch = number.first;
    call.nr = number.second;
    return model::refuses(judge(call).action);
}

bool is_execve(const model::Call& call) {
    static const auto numbers = numbers_of("execve");
    return is_one_of(call, numbers);
}

bool is_restart_syscall(const model::Call& call) {
    static const auto numbers = numbers_of("restart_syscall");
    return is_one_of(call, numbers);
}

}  // namespace callgate::runners
