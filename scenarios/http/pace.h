#pragma once

#include "harness/core/clock.h"

#include <cstdint>
#include <optional>

namespace callgate::scenarios::http {

/// Says when the next request is to be sent. Without a rate that is at once, whenever somebody is free to send it (a
/// closed loop); with one it is at its own time, whether or not the answers keep up (an open loop).
class Pace {
public:
    /// `rate` in requests per second; 0: a closed loop. `count`: so many in all.
    Pace(std::optional<std::uint64_t> count, std::int64_t rate) : count_{count}, rate_{rate} {}

    enum class What { send, wait, none };
    struct Turn {
        What what = What::none;
        /// `send`: when the request was to be sent, which its latency counts from. `wait`: when to ask again.
        core::SteadyTime at{};
    };

    void begin(core::SteadyTime at) { begin_ = at; }
    /// Counts the request when it says `send`.
    Turn take(core::SteadyTime now);

    /// No request falls due from then on. Of those that an open loop is late with, all are still to be sent.
    void end(core::SteadyTime at) { end_ = at; }
    /// No request is to be sent any more.
    void stop() { stopped_ = true; }

    [[nodiscard]] bool open_loop() const { return rate_ != 0; }

private:
    std::optional<std::uint64_t> count_;
    std::int64_t rate_;
    core::SteadyTime begin_{};
    std::optional<core::SteadyTime> end_;
    std::uint64_t taken_ = 0;
    bool stopped_ = false;
};

}  // namespace callgate::scenarios::http
