// Any filter: instrumented, it passes the check again, and its answer stands for the original's.
#include "harness/bpf/evaluate.h"
#include "harness/bpf/instrument.h"
#include "harness/model/action.h"
#include "tests/fuzz/programs.h"

#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace callgate;

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
    }
    return 0;
}
