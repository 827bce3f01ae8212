#pragma once

#include <chrono>

namespace callgate::core {

using SteadyTime = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

/// Where time comes from, so that tests can bring their own. Safe to use from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual SteadyTime now() const = 0;
    [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const = 0;
};

/// The real one; lives for ever.
const Clock& system_clock();

}  // namespace callgate::core
