#pragma once

#include "harness/core/cancel.h"
#include "harness/core/clock.h"
#include "harness/core/result.h"
#include "scenarios/http/url.h"

#include <memory>
#include <string>

namespace callgate::scenarios {

/// A connection to the inspector of a Node.js process: the Chrome DevTools protocol over WebSocket.
/// One thread. Never throws.
class Inspector {
public:
    virtual ~Inspector() = default;

    /// Asks /json/list which socket the process has and connects to it, by `deadline`; gives up when `cancel`, which is
    /// borrowed for the inspector's life, is requested.
    static core::Result<std::unique_ptr<Inspector>> connect(const http::Endpoint& endpoint, const core::Cancel& cancel,
                                                            core::SteadyTime deadline);

    /// Calls a method without parameters, as "HeapProfiler.collectGarbage", and waits for its answer.
    virtual core::Status call(const std::string& method, core::SteadyTime deadline) = 0;
};

}  // namespace callgate::scenarios
