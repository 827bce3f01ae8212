// Any filter: what is proven of it is what evaluate() answers, and nothing takes longer than its bounds; a filter with
// one changed constant differs where it answers differently and nowhere else.
#include "harness/bpf/disassemble.h"
#include "tests/fuzz/programs.h"
#include "tests/support/region_checks.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

using namespace callgate;

static void must_be_empty(const std::string& wrong) {
    if (wrong.empty()) return;
    std::cerr << wrong << '\n';
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::input_of(data, size);
    const auto program = bpf::check(input.program) ? input.program : fuzz::repaired(input.program);
    if (!bpf::check(program)) return 0;
    constexpr bpf::Bounds kBounds{100'000, 500};
    std::mt19937 random{1};
    auto calls = test::calls_around({program}, random, 20);
    calls.push_back(input.call);
    if (const auto regions = bpf::partition(program, kBounds)) {
        must_be_empty(test::wrong_with(*regions, program, calls));
    }
    auto changed = program;
    auto& k = changed[static_cast<std::uint32_t>(input.call.nr) % changed.size()].k;
    k ^= 1U << (input.call.audit_arch % 32);
    if (!bpf::check(changed)) return 0;
    if (const auto differences = bpf::compare(program, changed, bpf::effect, kBounds)) {
        must_be_empty(test::wrong_with(*differences, program, changed, bpf::effect, calls));
    }
    (void)bpf::disassemble(program);
    return 0;
}
