#pragma once

#include "harness/demo/connection.h"
#include "harness/demo/descriptor.h"
#include "harness/demo/listener.h"
#include "harness/demo/metrics.h"
#include "harness/demo/published.h"
#include "harness/demo/site.h"
#include "harness/demo/world.h"

#include <sys/epoll.h>

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace callgate::demo {

/// What all workers share. Outlives them.
struct Shared {
    const Listener& http;
    const Listener& https;
    Published<SSL_CTX>& tls;
    Site& site;
    World& world;
    AccessLog& log;
    Metrics& metrics;
    std::size_t release;  ///< Options::release
};

/// A thread that accepts connections and serves them, all by one epoll descriptor.
class Worker {
public:
    /// Throws std::system_error. `number` is also the worker's number in the World.
    Worker(Shared shared, std::size_t number);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Stop accepting and end every connection, busy ones after their answer. Any thread; the destructor waits for it.
    void drain();

private:
    void run();
    void serve(int fd, Connection::Clock::time_point now);
    void accept_from(const Listener& listener);
    void welcome(UniqueFd socket, std::string peer, bool tls);
    void begin_drain();
    void end_idle(Connection::Clock::time_point now);
    void watch(int operation, int fd, unsigned events);
    [[nodiscard]] int wait_limit() const;
    /// As epoll_wait(2).
    int wait(std::span<epoll_event> events) const;

    Shared shared_;
    std::size_t number_;
    UniqueFd epoll_;
    UniqueFd wake_;
    std::unordered_map<int, std::unique_ptr<Connection>> connections_;
    std::atomic<bool> drain_asked_ = false;
    bool draining_ = false;
    Connection::Clock::time_point drain_deadline_;
    Connection::Clock::time_point next_idle_check_;
    std::thread thread_;
};

}  // namespace callgate::demo
