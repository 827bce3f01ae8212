// Any instructions: what passes the check can be evaluated.
#include "harness/bpf/evaluate.h"
#include "tests/fuzz/programs.h"

#include <cstddef>
#include <cstdint>

using namespace callgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::input_of(data, size);
    if (bpf::check(input.program)) (void)bpf::evaluate(input.program, input.call);
    return 0;
}
