#include "harness/demo/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace callgate::demo {

Listener::Listener(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    const auto require = [&](bool good, const char* what) {
        if (good) return;
        throw std::system_error(errno, std::generic_category(), what + std::to_string(port));
    };
    require(static_cast<bool>(socket_), "cannot open a socket for port ");
    constexpr int kOn = 1;
    // A restart must not wait for connections of the last run to time out.
    require(::setsockopt(fd(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn) == 0, "cannot reuse port ");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    require(::bind(fd(), generic, size) == 0, "cannot bind port ");
    require(::listen(fd(), SOMAXCONN) == 0, "cannot listen on port ");
    require(::getsockname(fd(), generic, &size) == 0, "cannot find the number of port ");
    port_ = ntohs(address.sin_port);
}

}  // namespace callgate::demo
