#include "harness/bpf/partition.h"

#include "harness/bpf/decision.h"
#include "harness/bpf/diagram.h"
#include "harness/bpf/evaluate.h"
#include "harness/bpf/regions.h"
#include "harness/model/action.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace callgate::bpf {

namespace {

constexpr unsigned kHalf = 32;

core::Result<std::vector<Region>> regions_of(const Program& program, std::optional<CallNumber> only,
                                             const Bounds& bounds) {
    Diagrams diagrams{bounds.steps};
    const auto decision = decision_of(diagrams, program, only);
    if (!decision) return core::fail(decision.error());
    auto pieces = pieces_of(
        diagrams, *decision, [](std::uint64_t) { return true; }, bounds.regions);
    if (!pieces) return core::fail(pieces.error());
    std::vector<Region> regions;
    regions.reserve(pieces->size());
    for (auto& piece : *pieces) {
        if (only) {
            const auto nr = static_cast<std::uint32_t>(only->nr);
            piece.calls = {{{{only->audit_arch, only->audit_arch}}, {{nr, nr}}}};
            piece.witness.audit_arch = only->audit_arch;
            piece.witness.nr = only->nr;
        }
        const auto returned = static_cast<std::uint32_t>(piece.value);
        core::ensure(evaluate(program, piece.witness) == returned, "a region's witness is not answered as its region");
        regions.push_back({std::move(piece.calls), std::move(piece.condition), returned, piece.witness});
    }
    return regions;
}

/// Both answers as one leaf.
std::uint64_t pair_of(std::uint32_t first, std::uint32_t second) {
    return std::uint64_t{first} << kHalf | second;
}

}  // namespace

bool contains(const std::vector<Calls>& calls, std::uint32_t audit_arch, std::int32_t nr) {
    const auto within = [](const std::vector<WordRange>& ranges, std::uint32_t value) {
        return std::any_of(ranges.begin(), ranges.end(),
                           [&](const WordRange& range) { return range.first <= value && value <= range.last; });
    };
    return std::any_of(calls.begin(), calls.end(), [&](const Calls& some) {
        return within(some.archs, audit_arch) && within(some.numbers, static_cast<std::uint32_t>(nr));
    });
}

bool contains(const Region& region, const model::Call& call) {
    return contains(region.calls, call.audit_arch, call.nr) && holds(region.condition, call);
}

bool contains(const Difference& difference, const model::Call& call) {
    return contains(difference.calls, call.audit_arch, call.nr) && holds(difference.condition, call);
}

core::Result<std::vector<Region>> partition(const Program& program, const Bounds& bounds) {
    return regions_of(program, {}, bounds);
}

core::Result<std::vector<Region>> partition(const Program& program, std::uint32_t audit_arch, std::int32_t nr,
                                            const Bounds& bounds) {
    return regions_of(program, CallNumber{audit_arch, nr}, bounds);
}

std::uint32_t every_bit(std::uint32_t returned) {
    return returned;
}

std::uint32_t effect(std::uint32_t returned) {
    constexpr std::uint16_t kLargestErrno = 4095;  // include/linux/err.h, MAX_ERRNO
    auto action = model::Action::from_return(returned);
    switch (action.kind) {
        case model::ActionKind::error:
            action.data = std::min(action.data, kLargestErrno);
            break;
        case model::ActionKind::trap:   // si_errno of the signal
        case model::ActionKind::trace:  // PTRACE_GETEVENTMSG
            break;
        default:
            action.data = 0;
    }
    return action.to_return();
}

std::uint32_t permission(std::uint32_t returned) {
    return model::refuses(model::Action::from_return(returned)) ? 0 : 1;
}

core::Result<std::vector<Difference>> compare(const Program& first, const Program& second, const Aspect& aspect,
                                              const Bounds& bounds) {
    if (first == second) return std::vector<Difference>{};
    const auto only = [](std::uint32_t answer, std::uint32_t /*none*/) { return answer; };
    return compare({&first}, only, second, aspect, bounds);
}

core::Result<std::vector<Difference>> compare(const std::vector<const Program*>& programs, const Blend& blend,
                                              const Program& second, const Aspect& aspect, const Bounds& bounds) {
    Diagrams diagrams{bounds.steps};
    std::optional<Diagram> blended;
    for (const auto* program : programs) {
        const auto one = decision_of(diagrams, *program);
        if (!one) return core::fail(one.error().context(blended ? "another program" : "the first program"));
        blended = blended
                      ? diagrams.combine(*blended, *one,
                                         [&](std::uint64_t a, std::uint64_t b) {
                                             return blend(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b));
                                         })
                      : *one;
    }
    const auto other = decision_of(diagrams, second);
    if (!other) return core::fail(other.error().context("the second program"));
    // Pairs of equal values stand for all that is alike: 0, which no pair of different ones is.
    const auto pairs = diagrams.combine(*blended, *other, [&](std::uint64_t a, std::uint64_t b) {
        const auto of_first = static_cast<std::uint32_t>(a);
        const auto of_second = static_cast<std::uint32_t>(b);
        return aspect(of_first) == aspect(of_second) ? 0 : pair_of(of_first, of_second);
    });
    auto pieces = pieces_of(
        diagrams, pairs, [](std::uint64_t pair) { return pair != 0; }, bounds.regions);
    if (!pieces) return core::fail(pieces.error());
    const auto answered = [&](const model::Call& call) {
        auto answer = evaluate(*programs.front(), call);
        for (std::size_t i = 1; i < programs.size(); ++i) answer = blend(answer, evaluate(*programs[i], call));
        return answer;
    };
    std::vector<Difference> differences;
    differences.reserve(pieces->size());
    for (auto& piece : *pieces) {
        const auto of_first = static_cast<std::uint32_t>(piece.value >> kHalf);
        const auto of_second = static_cast<std::uint32_t>(piece.value);
        core::ensure(answered(piece.witness) == of_first && evaluate(second, piece.witness) == of_second,
                     "the witness of a difference is not answered as the difference says");
        differences.push_back({std::move(piece.calls), std::move(piece.condition), of_first, of_second, piece.witness});
    }
    return differences;
}

}  // namespace callgate::bpf
