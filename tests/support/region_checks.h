#pragma once

#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace callgate::test {

/// Calls made of what the programs test for: their constants and the values beside them, in every place, and anything.
inline std::vector<model::Call> calls_around(const std::vector<bpf::Program>& programs, std::mt19937& random,
                                             std::size_t count) {
    std::vector<std::uint32_t> words{0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    for (const auto& program : programs) {
        for (const auto& instruction : program) {
            for (const auto k : {instruction.k - 1, instruction.k, instruction.k + 1, ~instruction.k})
                words.push_back(k);
        }
    }
    const auto word = [&]() -> std::uint32_t {
        return random() % 8 == 0 ? static_cast<std::uint32_t>(random()) : words[random() % words.size()];
    };
    // Mostly small in its high half, as arguments are.
    const auto argument = [&] { return (random() % 2 == 0 ? 0 : std::uint64_t{word()} << 32U) | word(); };
    std::vector<model::Call> calls(count);
    for (auto& call : calls) {
        call.audit_arch = word();
        call.nr = static_cast<std::int32_t>(word());
        call.instruction_pointer = argument();
        for (auto& value : call.args) value = argument();
    }
    return calls;
}

inline std::string text_of(const model::Call& call) {
    return fmt::format("arch {:#x}, nr {:#x}, {:#x} {:#x} {:#x} {:#x} {:#x} {:#x}, from {:#x}", call.audit_arch,
                       static_cast<std::uint32_t>(call.nr), call.args[0], call.args[1], call.args[2], call.args[3],
                       call.args[4], call.args[5], call.instruction_pointer);
}

/// What is wrong with the regions of a program at these calls and at the witnesses: nothing if empty.
inline std::string wrong_with(const std::vector<bpf::Region>& regions, const bpf::Program& program,
                              std::vector<model::Call> calls) {
    for (const auto& region : regions) {
        if (!bpf::contains(region, region.witness)) return "a region without its witness: " + text_of(region.witness);
        for (const auto& some : region.calls) {
            auto call = region.witness;
            call.audit_arch = some.archs.back().last;
            call.nr = static_cast<std::int32_t>(some.numbers.back().last);
            calls.push_back(call);
        }
        calls.push_back(region.witness);
    }
    // Most of the calls come for no number that the program knows.
    for (std::size_t i = 0, made = calls.size(); i < made && !regions.empty(); ++i) {
        const auto& some = regions[i % regions.size()].calls.front();
        calls.push_back(calls[i]);
        calls.back().audit_arch = some.archs.front().first;
        calls.back().nr = static_cast<std::int32_t>(some.numbers.front().first);
    }
    for (const auto& call : calls) {
        const auto answer = bpf::evaluate(program, call);
        std::size_t in = 0;
        for (const auto& region : regions) {
            if (!bpf::contains(region, call)) continue;
            ++in;
            if (region.returned != answer) {
                return fmt::format("{}: {:#x} in the region of {:#x} ({})", text_of(call), answer, region.returned,
                                   bpf::to_words(region.condition));
            }
        }
        if (in != 1) return fmt::format("{}: in {} regions", text_of(call), in);
    }
    return {};
}

/// The same for the differences of two programs in an aspect.
inline std::string wrong_with(const std::vector<bpf::Difference>& differences, const bpf::Program& first,
                              const bpf::Program& second, const bpf::Aspect& aspect, std::vector<model::Call> calls) {
    for (const auto& difference : differences) calls.push_back(difference.witness);
    for (const auto& call : calls) {
        const auto a = bpf::evaluate(first, call);
        const auto b = bpf::evaluate(second, call);
        const auto found = std::find_if(differences.begin(), differences.end(),
                                        [&](const auto& difference) { return bpf::contains(difference, call); });
        const bool said = found != differences.end();
        if (said != (aspect(a) != aspect(b))) {
            return fmt::format("{}: {:#x} and {:#x}, {}", text_of(call), a, b,
                               said ? "called different" : "called alike");
        }
        if (said && (found->returned_by_first != a || found->returned_by_second != b)) {
            return fmt::format("{}: {:#x} and {:#x}, said to be {:#x} and {:#x}", text_of(call), a, b,
                               found->returned_by_first, found->returned_by_second);
        }
    }
    return {};
}

}  // namespace callgate::test
