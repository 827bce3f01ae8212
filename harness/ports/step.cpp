#include "harness/ports/step.h"

#include <algorithm>

namespace callgate::ports {

core::Milliseconds patient(Speed speed, core::Milliseconds limit) {
    constexpr int kTimes = 5;
    constexpr core::Milliseconds kLongest = std::chrono::hours{24 * 365};
    return speed == Speed::native ? limit : std::max(limit, std::min(limit, kLongest) * kTimes);
}

core::Milliseconds lasting(Speed speed, core::Milliseconds time) {
    constexpr core::Milliseconds kBriefly{1'000};
    return speed == Speed::native ? time : std::min(time, kBriefly);
}

}  // namespace callgate::ports
