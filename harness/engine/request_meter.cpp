#include "harness/engine/request_meter.h"

#include <chrono>

namespace callgate::engine {

namespace {

constexpr std::chrono::milliseconds kInterval{250};
constexpr std::chrono::seconds kPause{1};  ///< without a request: another load has begun

}  // namespace

std::optional<double> RequestMeter::count(core::SteadyTime now) {
    const std::lock_guard lock{mutex_};
    if (now - last_ > kPause) {
        since_ = now;
        count_ = 0;
    }
    last_ = now;
    ++count_;
    if (now - since_ < kInterval) return std::nullopt;
    const auto rate = static_cast<double>(count_) / std::chrono::duration<double>(now - since_).count();
    since_ = now;
    count_ = 0;
    return rate;
}

}  // namespace callgate::engine
