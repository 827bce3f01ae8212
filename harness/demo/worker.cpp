#include "harness/demo/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <exception>
#include <system_error>

namespace callgate::demo {
namespace {

using Clock = Connection::Clock;

constexpr std::chrono::milliseconds kDrainTime{800};
constexpr std::chrono::seconds kIdleCheck{1};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Worker::Worker(Shared shared, std::size_t number)
    : shared_(shared), number_(number), epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC)) {
    if (!epoll_ || !wake_) fail("cannot set up a worker");
    watch(EPOLL_CTL_ADD, wake_.get(), EPOLLIN);
    // Exclusive: a new connection wakes one worker, not all of them.
    watch(EPOLL_CTL_ADD, shared_.http.fd(), EPOLLIN | EPOLLEXCLUSIVE);
    watch(EPOLL_CTL_ADD, shared_.https.fd(), EPOLLIN | EPOLLEXCLUSIVE);
    next_idle_check_ = Clock::now() + kIdleCheck;
    thread_ = std::thread([this] { run(); });
}

Worker::~Worker() {
    drain();
    thread_.join();
}

void Worker::drain() {
    if (drain_asked_.exchange(true)) return;
    constexpr std::uint64_t kOne = 1;
    if (::write(wake_.get(), &kOne, sizeof kOne) < 0) log_line("cannot wake a worker", errno);
}

void Worker::watch(int operation, int fd, unsigned events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) fail("cannot watch a descriptor");
}

int Worker::wait_limit() const {
    if (draining_) return 50;
    return connections_.empty() ? -1 : static_cast<int>(std::chrono::milliseconds(kIdleCheck).count());
}

int Worker::wait(std::span<epoll_event> events) const {
    const int limit = wait_limit();
    const int size = static_cast<int>(events.size());
    if (shared_.release < 2) return ::epoll_wait(epoll_.get(), events.data(), size, limit);
    const std::chrono::nanoseconds time{std::chrono::milliseconds{limit}};
    constexpr std::chrono::nanoseconds kSecond = std::chrono::seconds{1};
    const timespec exact{time / kSecond, (time % kSecond).count()};
    return ::epoll_pwait2(epoll_.get(), events.data(), size, limit < 0 ? nullptr : &exact, nullptr);
}

void Worker::run() {
    pthread_setname_np(pthread_self(), ("worker-" + std::to_string(number_)).c_str());
    std::array<epoll_event, 64> events{};
    while (!draining_ || !connections_.empty()) {
        const int count = wait(events);
        if (count < 0 && errno != EINTR) {
            log_line("a worker cannot wait for connections", errno);
            return;
        }
        const auto now = Clock::now();
        shared_.world.enter(number_);
        for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
            serve(event.data.fd, now);
            shared_.world.poll(number_);
        }
        if (drain_asked_ && !draining_) begin_drain();
        if (now >= next_idle_check_ || draining_) end_idle(now);
        shared_.world.leave(number_);
    }
}

void Worker::serve(int fd, Clock::time_point now) {
    if (fd == wake_.get()) return;
    if (fd == shared_.http.fd()) return accept_from(shared_.http);
    if (fd == shared_.https.fd()) return accept_from(shared_.https);
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    try {
        const auto next = found->second->advance(now);
        if (next != Connection::Next::ended) {
            return watch(EPOLL_CTL_MOD, fd, next == Connection::Next::readable ? EPOLLIN : EPOLLOUT);
        }
    } catch (const std::exception& error) {
        log_line(std::string("a connection was dropped: ") + error.what());
    }
    connections_.erase(found);
}

void Worker::accept_from(const Listener& listener) {
    for (;;) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        UniqueFd socket(
            ::accept4(listener.fd(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket) {
            if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) log_line("cannot accept", errno);
            return;
        }
        std::array<char, INET_ADDRSTRLEN> text{};
        ::inet_ntop(AF_INET, &address.sin_addr, text.data(), static_cast<socklen_t>(text.size()));
        const std::string peer = std::string(text.data()) + ":" + std::to_string(ntohs(address.sin_port));
        try {
            welcome(std::move(socket), peer, &listener == &shared_.https);
        } catch (const std::exception& error) {
            log_line("connection from " + peer + " dropped: " + error.what());
        }
    }
}

void Worker::welcome(UniqueFd socket, std::string peer, bool tls) {
    // Answers are written whole; waiting for more to send would only delay them.
    constexpr int kOn = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn);
    const int fd = socket.get();
    auto channel = tls ? std::make_unique<Channel>(std::move(socket), *shared_.tls.take())
                       : std::make_unique<Channel>(std::move(socket));
    watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    connections_.emplace(
        fd, std::make_unique<Connection>(std::move(channel), std::move(peer), shared_.site, shared_.log, number_));
    shared_.metrics.connections.fetch_add(1, std::memory_order_relaxed);
}

void Worker::begin_drain() {
    draining_ = true;
    drain_deadline_ = Clock::now() + kDrainTime;
    // These clients were told that they are connected; they get their answer.
    accept_from(shared_.http);
    accept_from(shared_.https);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, shared_.http.fd(), nullptr);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, shared_.https.fd(), nullptr);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, wake_.get(), nullptr);
    std::vector<int> open;
    for (const auto& [fd, connection] : connections_) {
        connection->drain();
        open.push_back(fd);
    }
    for (const int fd : open) serve(fd, Clock::now());
}

void Worker::end_idle(Clock::time_point now) {
    next_idle_check_ = now + kIdleCheck;
    const auto oldest = now - shared_.site.idle_timeout();
    const bool too_late = draining_ && now >= drain_deadline_;
    std::erase_if(connections_, [&](const auto& entry) { return too_late || entry.second->last_active() < oldest; });
}

}  // namespace callgate::demo
