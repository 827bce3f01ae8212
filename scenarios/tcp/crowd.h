#pragma once

#include "harness/ports/step.h"
#include "scenarios/net/connection.h"
#include "scenarios/tcp/options.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callgate::scenarios::tcp {

/// Many connections that do the same thing at the same time. Of one thread.
class Crowd {
public:
    /// Both are borrowed.
    Crowd(const Options& options, const ports::StepContext& context, core::SteadyTime deadline)
        : options_{options}, context_{context}, deadline_{deadline} {}

    /// Opens all connections; false when the time is up, the user cancels or nothing more is wanted (`enough`).
    bool open();
    /// Does one line of the script on all that are left; false as open().
    bool act(const Action& action);

    /// Why connections were given up, by text; each is counted once.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& failures() const { return failures_; }
    [[nodiscard]] std::uint64_t failed() const;
    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    [[nodiscard]] std::uint64_t received() const { return received_; }

private:
    struct Member {
        std::optional<net::Connection> connection;
        std::string kept;            ///< of what came, what may still be expected
        std::uint64_t received = 0;  ///< since the last `receive`
        bool ended = false;          ///< the server sends no more
    };
    using Limits = net::Connection::Limits;

    [[nodiscard]] Limits limits() const;
    [[nodiscard]] bool over();
    bool send(const Action& action);
    bool send_slowly(const Action& action);
    bool wait_for(const Action& action);
    bool satisfied(Member& member, const Action& action) const;
    std::string receive_some(Member& member, std::size_t most, const Limits& limits);
    bool pause(core::Milliseconds duration);
    void fail(Member& member, const Action& action, const std::string& why);
    [[nodiscard]] std::string lacking(const Member& member, const Action& action) const;

    const Options& options_;
    const ports::StepContext& context_;
    core::SteadyTime deadline_;
    std::vector<Member> members_;
    std::map<std::string, std::uint64_t> failures_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
};

}  // namespace callgate::scenarios::tcp
