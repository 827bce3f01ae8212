#include "scenarios/net/connection.h"

#include "scenarios/wait.h"

#include <fmt/format.h>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>

namespace callgate::scenarios::net {

namespace {

/// A non-blocking socket that stands, or why there is none.
core::Result<core::UniqueFd> connect_to(const addrinfo& address, const Connection::Limits& limits, int receive_buffer) {
    core::UniqueFd fd{::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd) return core::fail(core::system_error("no socket", errno));
    // Before connecting: the window that is announced depends on it (tcp(7)).
    if (receive_buffer > 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
    if (errno != EINPROGRESS) return core::fail(core::system_error("no connection", errno));
    std::array<pollfd, 2> fds{{{fd.get(), POLLOUT, 0}, {limits.cancel, POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), poll_timeout(limits.deadline));
    if (fds[0].revents == 0) return core::fail("no connection yet");
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return core::fail(core::system_error("no connection", error));
    return fd;
}

bool would_block(int error) {
    return error == EAGAIN || error == EINTR;
}

}  // namespace

std::string_view describe(Io how) {
    switch (how) {
        case Io::done:
            return "done";
        case Io::closed:
            return "the server closed the connection";
        case Io::reset:
            return "the server reset the connection";
        case Io::late:
            return "no answer in time";
        case Io::cancelled:
            break;
    }
    return "interrupted";
}

core::Result<Connection> Connection::open(const http::Endpoint& endpoint, const Limits& limits, int receive_buffer) {
    auto hosts = endpoint.addresses();
    if (hosts.empty()) hosts.push_back(endpoint.host);
    std::string seen;
    for (const auto& host : hosts) {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        const int failure = ::getaddrinfo(host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
        if (failure != 0) return core::fail(fmt::format("cannot resolve '{}': {}", host, ::gai_strerror(failure)));
        for (const auto* address = found; address != nullptr; address = address->ai_next) {
            auto fd = connect_to(*address, limits, receive_buffer);
            if (fd) return Connection{std::move(*fd)};
            if (seen.empty()) seen = fd.error().message;
        }
    }
    return core::fail(seen);
}

Io Connection::wait(short events, const Limits& limits) const {
    std::array<pollfd, 2> fds{{{fd_.get(), events, 0}, {limits.cancel, POLLIN, 0}}};
    while (true) {
        const int ready = ::poll(fds.data(), fds.size(), poll_timeout(limits.deadline));
        if (ready > 0) return fds[1].revents != 0 ? Io::cancelled : Io::done;
        if (std::chrono::steady_clock::now() >= limits.deadline) return Io::late;
    }
}

Io Connection::send(std::string_view bytes, const Limits& limits) {
    while (!bytes.empty()) {
        const auto count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (!would_block(errno)) {
            return Io::reset;
        } else if (const auto waited = wait(POLLOUT, limits); waited != Io::done) {
            return waited;
        }
    }
    return Io::done;
}

Io Connection::receive(std::string& into, std::size_t most, const Limits& limits) {
    std::array<char, 16384> buffer;
    while (true) {
        const auto count = ::recv(fd_.get(), buffer.data(), std::min(most, buffer.size()), 0);
        if (count > 0) {
            into.append(buffer.data(), static_cast<std::size_t>(count));
            return Io::done;
        }
        if (count == 0) return Io::closed;
        if (!would_block(errno)) return Io::reset;
        if (const auto waited = wait(POLLIN, limits); waited != Io::done) return waited;
    }
}

Io Connection::drain(const Limits& limits) {
    std::string forgotten;
    while (true) {
        constexpr std::size_t kAtOnce = 16384;
        const auto how = receive(forgotten, kAtOnce, limits);
        if (how != Io::done) return how;
        forgotten.clear();
        // A server that never stops sending ends no wait.
        if (std::chrono::steady_clock::now() >= limits.deadline) return Io::late;
    }
}

void Connection::finish_sending() {
    ::shutdown(fd_.get(), SHUT_WR);
}

void Connection::reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_.reset();
}

Io pause(core::Milliseconds duration, const Connection::Limits& limits) {
    const auto until = std::chrono::steady_clock::now() + duration;
    pollfd cancel{limits.cancel, POLLIN, 0};
    while (true) {
        if (::poll(&cancel, 1, poll_timeout(std::min(until, limits.deadline))) > 0) return Io::cancelled;
        const auto now = std::chrono::steady_clock::now();
        if (now >= until) return Io::done;
        if (now >= limits.deadline) return Io::late;
    }
}

}  // namespace callgate::scenarios::net
