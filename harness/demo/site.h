#pragma once

#include "harness/demo/channel.h"
#include "harness/demo/collector.h"
#include "harness/demo/config.h"
#include "harness/demo/heap.h"
#include "harness/demo/http.h"
#include "harness/demo/metrics.h"
#include "harness/demo/published.h"
#include "harness/demo/ticket_keys.h"

#include <cstddef>
#include <string_view>

namespace callgate::demo {

/// The pages. Any thread; everything it refers to outlives it.
class Site {
public:
    Site(const Published<const Config>& config, Heap& heap, Collector& collector, TicketKeys& tickets, Metrics& metrics)
        : config_(config), heap_(heap), collector_(collector), tickets_(tickets), metrics_(metrics) {}

    /// `mutator` is the calling worker's number in the World.
    Response answer(const Request& request, Channel& channel, std::size_t mutator);

    /// The rule of this site: whenever a connection gets fresh keys, so do the tickets. False when it failed, after
    /// saying so on stderr.
    bool rotate_ticket_key();

    [[nodiscard]] std::chrono::seconds idle_timeout() const { return config_.take()->idle_timeout; }

private:
    Response work(std::string_view query, std::size_t mutator);
    Response key_update(Channel& channel);
    [[nodiscard]] Response heap_page() const;

    const Published<const Config>& config_;
    Heap& heap_;
    Collector& collector_;
    TicketKeys& tickets_;
    Metrics& metrics_;
};

}  // namespace callgate::demo
