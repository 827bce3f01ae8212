#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "scenarios/http/url.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::scenarios::tcp {

/// One line of a script, done on every connection before the next one.
struct Action {
    enum class Kind {
        send,     ///< `text`
        expect,   ///< waits until `text` comes
        receive,  ///< waits until `bytes` have come
        hold,     ///< leaves the connections alone for `duration`
        finish,   ///< sends no more (FIN) and goes on receiving
        closed,   ///< waits until the server ends the connection
        reset,    ///< ends the connection at once (RST)
        close,
    };
    Kind kind = Kind::close;
    std::string text;
    std::uint64_t bytes = 0;
    core::Milliseconds duration{0};
};

/// "send", "expect"… as a plan writes it.
std::string_view action_name(Action::Kind kind);

/// A `tcp` step as written.
struct Options {
    http::Endpoint endpoint;
    std::vector<Action> actions;
    std::size_t connections = 1;
    std::optional<std::uint64_t> count;  ///< rounds, each with new connections
    std::uint64_t send_rate = 0;         ///< bytes per second of each connection; 0: as fast as it goes
    std::uint64_t receive_rate = 0;
    core::Milliseconds timeout{10'000};  ///< of every action that waits for the server
    core::Milliseconds within{0};        ///< 0: no bound of its own
};

/// `open_ended`: without `count` it goes on until it is told to stop, else it is done once.
Options read_options(const document::Node& value, bool open_ended, core::Diagnostics& diagnostics);

}  // namespace callgate::scenarios::tcp
