#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "scenarios/http/load.h"

#include <cstdint>
#include <optional>

namespace callgate::scenarios::http {

/// What a plan wants to see of all requests together.
struct Expectation {
    std::uint64_t errors = 0;   ///< so many requests may fail
    std::int64_t min_rate = 0;  ///< requests per second
};

/// An `http` step as written.
struct Options {
    LoadSpec load;
    std::optional<std::uint64_t> count;
    std::optional<core::Milliseconds> duration;
    core::Milliseconds within{0};  ///< 0: no bound of its own
    Expectation expect;
};

/// Reads a URL or a mapping; what is wrong is reported. `open_ended`: without `for` and `count` it goes on until it is
/// told to stop, else it is one request.
Options read_options(const document::Node& value, bool open_ended, core::Diagnostics& diagnostics);

}  // namespace callgate::scenarios::http
