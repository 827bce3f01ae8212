// Any filter: instrumented, it passes the check again, and its answer stands for the original's; watched, it answers
// the same but for the watched call where that is permitted; and every answer is among the possible ones.
#include "harness/bpf/evaluate.h"
#include "harness/bpf/instrument.h"
#include "harness/bpf/possible.h"
#include "harness/bpf/watch.h"
#include "harness/model/action.h"
#include "tests/fuzz/programs.h"

#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace callgate;

static void check_watched(const bpf::Program& program, const model::Call& call) {
    const bpf::WatchedCall this_one{call.audit_arch, call.nr};
    const auto watched = bpf::watch(program, {&this_one, 1}, bpf::HandOver::trace);
    if (!watched) return;
    if (!bpf::check(*watched)) std::abort();
    const auto before = bpf::evaluate(program, call);
    const bool permitted = !model::refuses(model::Action::from_return(before));
    const auto after = model::Action::from_return(bpf::evaluate(*watched, call));
    if (permitted ? after.kind != model::ActionKind::trace : after.kind != model::Action::from_return(before).kind) {
        std::abort();
    }
    auto other = call;
    ++other.nr;
    if (bpf::evaluate(*watched, other) != bpf::evaluate(program, other)) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::input_of(data, size);
    if (!bpf::check(input.program)) return 0;
    for (const auto mode : model::all_modes()) {
        const auto done = bpf::instrument(input.program, mode);
        if (!done) continue;
        if (done->program.size() != input.program.size() || !bpf::check(done->program)) std::abort();
        const auto original = bpf::evaluate(input.program, input.call);
        auto answer = bpf::evaluate(done->program, input.call);
        const bool native =
            model::decide(mode, model::Action::from_return(original)).kind == model::Decision::Kind::native;
        if (!native) answer = done->originals.at(answer & SECCOMP_RET_DATA);
        if (answer != original) std::abort();
        if (mode != model::Mode::log) continue;  // in other modes filters pass that compute their answer
        if (bpf::possible_returns(input.program, input.call.audit_arch, input.call.nr).count(original) == 0) {
            std::abort();
        }
        check_watched(done->program, input.call);
    }
    return 0;
}
