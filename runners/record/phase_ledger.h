#pragma once

#include "harness/model/recording.h"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <utility>

namespace callgate::runners {

/// Which call, of whom, as the kernel's counters tell them apart (seen_layout.h, seen_call).
struct SeenCall {
    std::uint8_t executable = 0;
    bool compat = false;
    std::int32_t nr = 0;
    auto operator<=>(const SeenCall&) const = default;
};

using SeenValues = std::array<std::uint64_t, model::RecordedArguments::kMostArguments>;

/// How often, and when. Times are CLOCK_MONOTONIC in nanoseconds.
struct SeenTally {
    std::uint64_t count = 0;
    std::uint64_t first = 0;  ///< in the phase that is under way
    std::uint64_t last = 0;
    std::uint64_t untold = 0;
    std::map<SeenValues, std::uint64_t> values{};
    bool operator==(const SeenTally&) const = default;
};

/// Everything counted since the beginning.
using SeenTotals = std::map<SeenCall, SeenTally>;

/// Gives each phase its share of counters that only ever grow: what they grew by while it was under way. One thread.
class PhaseLedger {
public:
    /// `now`, which was counted up to the end of `phase`; what was not there at the last close is the phase's. A phase
    /// may come again.
    void close(int phase, const SeenTotals& now);

    [[nodiscard]] const std::map<std::pair<int, SeenCall>, SeenTally>& shares() const { return shares_; }

private:
    struct Closed {
        SeenTally tally;
        int phase = 0;  ///< that had it last: a call that was counted, but not its arguments yet, was made in that one
    };
    std::map<SeenCall, Closed> before_;
    std::map<std::pair<int, SeenCall>, SeenTally> shares_;
};

}  // namespace callgate::runners
