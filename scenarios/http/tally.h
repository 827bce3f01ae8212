#pragma once

#include "scenarios/http/bodies.h"
#include "scenarios/http/load.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace callgate::scenarios::http {

/// Judges answers and adds them up. Borrows both arguments; of one thread.
class Tally {
public:
    Tally(const LoadSpec& spec, const LoadLimits& limits) : spec_{spec}, limits_{limits}, bodies_{limits.directory} {}

    /// So many bytes of each body are to be kept for answered().
    [[nodiscard]] std::size_t kept_of_bodies() const;
    /// `kept` is the beginning of a body of `size` bytes, as far as it is to be kept.
    void answered(unsigned status, std::string_view kept, std::uint64_t size, std::chrono::nanoseconds latency);
    void failed(const std::string& why);

    /// The sums; bodies and statuses are in words only after finish().
    [[nodiscard]] LoadResult& result() { return result_; }
    LoadResult finish();

private:
    void finished_one();

    const LoadSpec& spec_;
    const LoadLimits& limits_;
    LoadResult result_;
    Bodies bodies_;
    std::set<unsigned> statuses_;
};

}  // namespace callgate::scenarios::http
