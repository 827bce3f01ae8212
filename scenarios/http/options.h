#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "scenarios/http/load.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::scenarios::http {

/// What a plan wants to see of all requests together.
struct Expectation {
    std::uint64_t errors = 0;   ///< so many requests may fail
    std::int64_t min_rate = 0;  ///< requests per second
    struct Latency {
        double percent = 0;
        core::Milliseconds most{0};
    };
    std::vector<Latency> latencies;  ///< so many per cent of the requests take no longer
};

/// An `http` step as written.
struct Options {
    LoadSpec load;
    std::string body_file;  ///< read when the step runs; "": the body is in `load`
    std::optional<std::uint64_t> count;
    std::int64_t rate = 0;  ///< requests per second; 0: a closed loop
    std::optional<core::Milliseconds> duration;
    core::Milliseconds within{0};  ///< 0: no bound of its own
    Expectation expect;
};

/// No body that a plan sends is larger.
constexpr std::size_t kLargestBody = std::size_t{64} * 1024 * 1024;

/// Reads a URL or a mapping; what is wrong is reported. `open_ended`: without `for` and `count` it goes on until it is
/// told to stop, else it is one request.
Options read_options(const document::Node& value, bool open_ended, core::Diagnostics& diagnostics);

}  // namespace callgate::scenarios::http
