#pragma once

#include "harness/demo/collector.h"
#include "harness/demo/config.h"
#include "harness/demo/heap.h"
#include "harness/demo/listener.h"
#include "harness/demo/log.h"
#include "harness/demo/metrics.h"
#include "harness/demo/options.h"
#include "harness/demo/published.h"
#include "harness/demo/site.h"
#include "harness/demo/ticket_keys.h"
#include "harness/demo/tls.h"
#include "harness/demo/worker.h"
#include "harness/demo/world.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace callgate::demo {

/// All of it, from the first socket to the last file. One thread calls it, the one that waits for signals.
class Server {
public:
    /// Serves when it returns. Throws InputError for what the user gave, std::system_error for what went wrong.
    explicit Server(Options options);

    /// Reads config and certificate again and reopens the access log; what fails is reported and stays as it was.
    void reload();

    /// Ends every connection, saves the metrics and removes the pid file. False when something was not saved.
    bool drain();

private:
    void write_pid_file() const;
    [[nodiscard]] std::string metrics_text() const;

    Options options_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::string pid_file_;
    Metrics metrics_;
    Published<const Config> config_;
    TicketKeys tickets_;
    Published<SSL_CTX> tls_;
    AccessLog log_;
    Heap heap_;
    World world_;
    Collector collector_;
    Site site_;
    Listener http_;
    Listener https_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace callgate::demo
