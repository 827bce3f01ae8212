// Programs of random instructions: what is proven of them is what evaluate() answers.
#include "harness/bpf/partition.h"
#include "tests/support/region_checks.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>

namespace callgate::bpf {

namespace {

class Source {
public:
    explicit Source(unsigned seed) : random_{seed} {}

    std::mt19937& random() { return random_; }
    std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(random_()) % count; }

    template <typename T, std::size_t N>
    T one_of(const std::array<T, N>& of) {
        return of.at(below(N));
    }

    /// Constants that meet each other: small, single bits, masks of neighbouring bits, borders.
    std::uint32_t constant() {
        switch (below(5)) {
            case 0:
                return below(8);
            case 1:
                return 1U << below(32);
            case 2:
                return ((1U << below(12)) - 1) << below(20);
            case 3:
                return 0U - below(4);
            default:
                return 0x10000 * below(4) + below(4);
        }
    }

    Program program();

private:
    Instruction instruction(std::size_t left);

    std::mt19937 random_;
};

Instruction Source::instruction(std::size_t left) {
    static constexpr std::array<int, 7> kEasy{BPF_ADD, BPF_SUB, BPF_AND, BPF_AND, BPF_AND, BPF_OR, BPF_XOR};
    static constexpr std::array<int, 4> kComparisons{BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
    const auto code = [](int of) { return static_cast<std::uint16_t>(of); };
    const auto ahead = [&] {
        return static_cast<std::uint8_t>(below(static_cast<std::uint32_t>(std::min<std::size_t>(left, 12))));
    };
    switch (below(16)) {
        case 0:
        case 1:
        case 2:
        case 3:
            // The words of few arguments, so that they are tested more than once.
            return {BPF_LD | BPF_W | BPF_ABS, 0, 0,
                    one_of(std::array<std::uint32_t, 10>{0, 4, 16, 20, 16, 20, 24, 28, 8, 60})};
        case 4:
            return {code(BPF_ALU | one_of(kEasy) | BPF_K), 0, 0, constant()};
        case 5:
            return {code(BPF_ALU | (below(2) == 0 ? BPF_LSH : BPF_RSH) | BPF_K), 0, 0, below(32)};
        case 6:
            return {code(BPF_ALU | (below(2) == 0 ? BPF_MUL : BPF_DIV) | BPF_K), 0, 0, 1 + below(20)};
        case 7:
            return {code(below(3) == 0 ? BPF_MISC | BPF_TXA : BPF_MISC | BPF_TAX), 0, 0, 0};
        case 8:
            return {code(below(2) == 0 ? BPF_ST : BPF_STX), 0, 0, below(2)};
        case 9:
            return {code(below(2) == 0 ? BPF_LD | BPF_MEM : BPF_LDX | BPF_MEM), 0, 0, below(2)};
        case 10:
            if (below(4) == 0) return {BPF_ALU | BPF_NEG, 0, 0, 0};
            return {code(BPF_LDX | BPF_IMM), 0, 0, below(64)};
        case 11:
            return {code(BPF_ALU | (below(4) == 0 ? BPF_DIV : one_of(kEasy)) | BPF_X), 0, 0, 0};
        case 12:
            return {code(BPF_JMP | one_of(kComparisons) | BPF_X), ahead(), ahead(), 0};
        default:
            return {code(BPF_JMP | one_of(kComparisons) | BPF_K), ahead(), ahead(), constant()};
    }
}

Program Source::program() {
    constexpr std::size_t kReturns = 4;
    Program program{{BPF_LD | BPF_IMM, 0, 0, constant()}, {BPF_ST, 0, 0, 0}, {BPF_ST, 0, 0, 1}};
    const std::size_t length = program.size() + 4 + below(36);
    while (program.size() < length) program.push_back(instruction(length - program.size() + kReturns - 1));
    for (std::uint32_t i = 0; i < kReturns; ++i) {
        program.push_back({BPF_RET | BPF_K, 0, 0, i % 2 == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | i});
    }
    return program;
}

}  // namespace

TEST_CASE("the regions of random programs are what evaluate() answers", "[bpf]") {
    constexpr unsigned kPrograms = 600;
    std::size_t complex = 0;
    for (unsigned seed = 0; seed < kPrograms; ++seed) {
        Source source{seed};
        const auto program = source.program();
        INFO("seed " << seed);
        REQUIRE(check(program));
        const auto regions = partition(program, {200'000, 2'000});
        if (!regions) {
            REQUIRE_THAT(regions.error().message, Catch::StartsWith("too complex: "));
            ++complex;
            continue;
        }
        REQUIRE(test::wrong_with(*regions, program, test::calls_around({program}, source.random(), 100)) == "");
        const auto call = test::calls_around({program}, source.random(), 1).front();
        const auto of_one = partition(program, call.audit_arch, call.nr, {200'000, 2'000});
        REQUIRE(of_one);
        auto calls = test::calls_around({program}, source.random(), 20);
        for (auto& other : calls) {
            other.audit_arch = call.audit_arch;
            other.nr = call.nr;
        }
        REQUIRE(test::wrong_with(*of_one, program, calls) == "");
    }
    CHECK(complex < kPrograms / 5);
}

TEST_CASE("the differences of random programs are what evaluate() answers", "[bpf]") {
    const auto aspect = GENERATE(every_bit, effect, permission);
    for (unsigned seed = 0; seed < 80; ++seed) {
        Source source{seed};
        INFO("seed " << seed);
        const auto first = source.program();
        REQUIRE(check(first));
        auto second = first;
        for (auto changes = 1 + source.below(3); changes > 0; --changes) {
            second[source.below(static_cast<std::uint32_t>(second.size()))].k ^= 1U << source.below(8);
        }
        if (!check(second)) continue;
        const auto differences = compare(first, second, aspect, {400'000, 2'000});
        if (!differences) continue;
        const auto calls = test::calls_around({first, second}, source.random(), 100);
        REQUIRE(test::wrong_with(*differences, first, second, aspect, calls) == "");
        const auto back = compare(second, first, aspect, {400'000, 2'000});
        REQUIRE(back);
        CHECK(back->size() == differences->size());
        CHECK(compare(first, first, aspect)->empty());
    }
}

}  // namespace callgate::bpf
