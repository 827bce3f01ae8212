#include "scenarios/http/pace.h"

#include <chrono>

namespace callgate::scenarios::http {

Pace::Turn Pace::take(core::SteadyTime now) {
    if (stopped_ || (count_ && taken_ == *count_)) return {};
    if (!open_loop()) {
        if (end_ && now >= *end_) return {};
        ++taken_;
        return {What::send, now};
    }
    const std::chrono::duration<double> offset{static_cast<double>(taken_) / static_cast<double>(rate_)};
    const auto due = begin_ + std::chrono::duration_cast<core::SteadyTime::duration>(offset);
    if (end_ && due >= *end_) return {};
    if (due > now) return {What::wait, due};
    ++taken_;
    return {What::send, due};
}

}  // namespace callgate::scenarios::http
