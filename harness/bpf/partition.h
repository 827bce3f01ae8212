#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/program.h"
#include "harness/core/result.h"
#include "harness/model/call.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace callgate::bpf {

/// Words from `first` to `last`, both included.
struct WordRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    auto operator<=>(const WordRange&) const = default;
};

/// Every number of `numbers` on every architecture of `archs` (AUDIT_ARCH values, and numbers, as model::Call has them;
/// numbers as unsigned words). Ascending, with gaps between the ranges.
struct Calls {
    std::vector<WordRange> archs;
    std::vector<WordRange> numbers;
    bool operator==(const Calls&) const = default;
};

bool contains(const std::vector<Calls>& calls, std::uint32_t audit_arch, std::int32_t nr);

/// All calls that are answered with one value under one condition: each of `calls` for which the condition holds. Calls
/// that differ in the condition are in other regions.
struct Region {
    std::vector<Calls> calls;  ///< without overlap
    Condition condition;
    std::uint32_t returned = 0;  ///< the SECCOMP_RET value
    /// A call of the region, with the smallest arguments that there are. With the architecture and number of any other
    /// of `calls` it is a call of the region too.
    model::Call witness;
};

bool contains(const Region& region, const model::Call& call);

/// How much work may be done. A step takes some ten to a hundred nanoseconds and leaves less than a hundred bytes.
struct Bounds {
    std::size_t steps = 2'000'000;
    std::size_t regions = 20'000;
};

/// All that the program decides: every call is in exactly one region, and no region is empty. A call that ends with a
/// division by zero is answered with 0. Regions of single architectures come first, in the order of their witnesses.
/// `program` must have passed check(). Pure. Fails with "too complex: …" when the work exceeds its bounds, as with
/// filters that compare two arguments, multiply them, or return them.
core::Result<std::vector<Region>> partition(const Program& program, const Bounds& bounds = {});

/// The same of the calls of one number.
core::Result<std::vector<Region>> partition(const Program& program, std::uint32_t audit_arch, std::int32_t nr,
                                            const Bounds& bounds = {});

/// Calls which two programs answer differently.
struct Difference {
    std::vector<Calls> calls;  ///< as in Region
    Condition condition;
    std::uint32_t returned_by_first = 0;
    std::uint32_t returned_by_second = 0;
    model::Call witness;  ///< as in Region
};

bool contains(const Difference& difference, const model::Call& call);

/// What counts of an answer: two answers are alike when it gives the same for both. Pure.
using Aspect = std::function<std::uint32_t(std::uint32_t returned)>;

/// Every bit of the answer.
std::uint32_t every_bit(std::uint32_t returned);
/// What the kernel makes of it (kernel/seccomp.c, __seccomp_filter): data only where the action has a use for it, no
/// errno above 4095, and an action that it does not know is KILL_PROCESS.
std::uint32_t effect(std::uint32_t returned);
/// Whether the call happens: model::refuses().
std::uint32_t permission(std::uint32_t returned);

/// All calls that the programs answer differently in this aspect; none: the programs are proven to be equal in it.
/// Order, bounds (for both programs together) and failures as those of partition().
core::Result<std::vector<Difference>> compare(const Program& first, const Program& second,
                                              const Aspect& aspect = every_bit, const Bounds& bounds = {});

/// One answer made of two. Pure.
using Blend = std::function<std::uint32_t(std::uint32_t, std::uint32_t)>;

/// The same, where the first answer is what comes of those of all `programs` (one at least, none null), in their order:
/// blend(blend(a, b), c).
core::Result<std::vector<Difference>> compare(const std::vector<const Program*>& programs, const Blend& blend,
                                              const Program& second, const Aspect& aspect = every_bit,
                                              const Bounds& bounds = {});

}  // namespace callgate::bpf
