#pragma once

#include "harness/core/clock.h"
#include "harness/core/result.h"
#include "harness/core/unique_fd.h"
#include "scenarios/http/url.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace callgate::scenarios::net {

/// What came of sending, or of waiting for the other side.
enum class Io {
    done,
    closed,     ///< the other side sends no more
    reset,      ///< the connection is gone
    late,       ///< the deadline passed
    cancelled,  ///< the user wants to stop
};

/// "the connection was closed", "no answer in time"; for messages.
std::string_view describe(Io how);

/// A TCP connection. No call blocks beyond its deadline, or once the user cancels. Of one thread at a time.
class Connection {
public:
    struct Limits {
        int cancel = -1;  ///< borrowed; readable when the user cancels
        core::SteadyTime deadline;
    };

    /// Connects to the first address that accepts. `receive_buffer`: bytes that the kernel keeps, 0 for its own choice.
    /// The error is that of the first address, the one people expect.
    static core::Result<Connection> open(const http::Endpoint& endpoint, const Limits& limits, int receive_buffer = 0);

    /// Sends all of it, without a signal when the other side is gone.
    Io send(std::string_view bytes, const Limits& limits);

    /// Waits for something and appends at most `most` bytes of it.
    Io receive(std::string& into, std::size_t most, const Limits& limits);

    /// Receives and forgets until the other side ends the connection: `closed` or `reset` when it does.
    Io drain(const Limits& limits);

    /// Sends no more, and says so (FIN).
    void finish_sending();
    /// Ends both directions at once (RST).
    void reset();

    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    explicit Connection(core::UniqueFd fd) : fd_{std::move(fd)} {}
    Io wait(short events, const Limits& limits) const;

    core::UniqueFd fd_;
};

/// Waits so long: `done`, unless the deadline or the user ends it sooner.
Io pause(core::Milliseconds duration, const Connection::Limits& limits);

}  // namespace callgate::scenarios::net
