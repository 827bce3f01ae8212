#pragma once

#include "harness/core/clock.h"
#include "scenarios/http/latency.h"
#include "scenarios/http/status_set.h"
#include "scenarios/http/url.h"
#include "scenarios/tls/settings.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::http {

/// One request, asked again and again.
struct LoadSpec {
    Url url;
    std::string method = "GET";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::size_t connections = 1;
    bool keep_alive = true;
    core::Milliseconds timeout{10'000};  ///< of one request, connecting included
    tls::Settings tls;                   ///< for https
    StatusSet status;
    std::string body_contains;  ///< "": anything; looked for in the first kKeptBody bytes
};

/// As much of a body as is looked at.
constexpr std::size_t kKeptBody = std::size_t{1} * 1024 * 1024;

/// When to stop. Descriptors are borrowed; -1 for none.
struct LoadLimits {
    std::optional<std::uint64_t> count;
    std::int64_t rate = 0;  ///< requests per second, sent when they are due; 0: whenever a connection is free
    std::optional<core::Milliseconds> duration;
    core::SteadyTime deadline;  ///< everything is dropped then
    std::string directory;      ///< the workload's: relative names of files begin there
    bool observe = false;       ///< say what bodies and statuses had in common
    int cancel = -1;            ///< readable: everything is dropped
    int enough = -1;            ///< readable: no new request; what is under way ends by itself or by its timeout
    int workload_ended = -1;    ///< the same
    /// Called after each request, whether it went well or not, with how many are done.
    std::function<void(std::uint64_t done)> on_done;
};

struct LoadResult {
    enum class Ended { finished, enough, workload_ended, cancelled, deadline };
    Ended ended = Ended::finished;
    std::string setup_problem;   ///< why no request could be made; the rest is empty then
    std::uint64_t requests = 0;  ///< that were done, failed ones included
    std::uint64_t failed = 0;
    std::uint64_t bytes = 0;                        ///< of bodies
    std::map<std::string, std::uint64_t> failures;  ///< by text
    LatencyHistogram latency;                       ///< of those that did not fail
    std::string bodies;                             ///< what those had in common (Bodies), where it was to be observed
    std::string statuses;                           ///< the same: "200", "200 or 404"
    core::Milliseconds elapsed{0};

    [[nodiscard]] double requests_per_second() const;
};

/// "connection reset by peer (2), status 502 (1)": the most frequent first, three at most and the number of the others.
std::string describe_failures(const std::map<std::string, std::uint64_t>& failures);

/// The request as it is sent.
std::string request_text(const LoadSpec& spec);

/// Why so many connections cannot be open at once, or "".
std::string lacking_descriptors(std::size_t connections);

/// Makes requests on the calling thread until one of the limits. Never throws.
LoadResult run_load(const LoadSpec& spec, const LoadLimits& limits);

}  // namespace callgate::scenarios::http
