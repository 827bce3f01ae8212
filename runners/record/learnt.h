#pragma once

#include "harness/bpf/program.h"
#include "harness/model/recording.h"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace callgate::runners {

/// The calls that an earlier recording showed, with the values of those arguments that are recorded. Immutable; any
/// thread.
class Learnt {
public:
    explicit Learnt(std::span<const model::RecordedCall> calls);

    /// True for a call that was seen. Where arguments of it are recorded: with these values, in the order of
    /// model::RecordedValues.
    [[nodiscard]] bool knows(std::uint32_t audit_arch, std::int32_t nr, const std::vector<std::uint64_t>& values) const;

    /// A filter that permits what was seen and answers all else with EPERM. Not permitted although it was seen: values
    /// that stand in memory, which no filter can read, and what does not fit (bpf::kMaxInstructions, less room for what
    /// a trap adds).
    [[nodiscard]] bpf::Program filter() const;

private:
    struct Known {
        const model::RecordedArguments* kept = nullptr;  ///< null: every call of that number is known
        std::set<std::vector<std::uint64_t>> values;
    };
    std::map<std::uint32_t, std::map<std::int32_t, Known>> by_arch_;
};

}  // namespace callgate::runners
