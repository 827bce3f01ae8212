#include "harness/engine/loopback_ports.h"

#include "harness/core/files.h"

#include <fmt/format.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <numeric>
#include <optional>
#include <random>
#include <sstream>
#include <string_view>

namespace callgate::engine {

namespace {

constexpr std::string_view kPrefix = "port.";
constexpr unsigned kFirst = 10'000;  // below are the ports that services have by habit
constexpr unsigned kLast = 65'535;
constexpr std::ptrdiff_t kEnough = 1'000;
constexpr std::size_t kTries = 2'000;

const sockaddr* generic(const auto& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

sockaddr_in loopback(unsigned port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Those outside the range from which connections get theirs; all where hardly any is left.
std::vector<unsigned> candidates() {
    unsigned low = 0;
    unsigned high = 0;
    if (const auto range = core::read_file("/proc/sys/net/ipv4/ip_local_port_range"))
        std::istringstream{*range} >> low >> high;
    std::vector<unsigned> ports(kLast - kFirst + 1);
    std::iota(ports.begin(), ports.end(), kFirst);
    const auto outside =
        std::partition(ports.begin(), ports.end(), [&](unsigned port) { return port < low || port > high; });
    if (outside - ports.begin() >= kEnough) ports.erase(outside, ports.end());
    return ports;
}

/// A name in the abstract namespace of Unix sockets (unix(7)): only one socket has it, and it goes with the descriptor.
core::UniqueFd take_number(unsigned port) {
    core::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto name = fmt::format("callgate/port/{}", port);
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (!fd || ::bind(fd.get(), generic(address), length) != 0) return {};
    return fd;
}

bool is_free(unsigned port) {
    const core::UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = loopback(port);
    return fd && ::bind(fd.get(), generic(address), sizeof address) == 0;
}

}  // namespace

core::Result<LoopbackPorts> LoopbackPorts::take(const std::vector<std::string>& names) {
    LoopbackPorts ports;
    if (names.empty()) return ports;
    const auto numbers = candidates();
    std::random_device random;
    std::uniform_int_distribution<std::size_t> any{0, numbers.size() - 1};
    for (const auto& name : names) {
        std::optional<unsigned> found;
        for (std::size_t i = 0; i < kTries && !found; ++i) {
            const auto port = numbers[any(random)];
            auto taken = take_number(port);
            if (!taken || !is_free(port)) continue;
            ports.taken_.push_back(std::move(taken));
            found = port;
        }
        if (!found) {
            return core::fail(fmt::format("no free loopback port for '{}': {} from {} to {} were tried", name, kTries,
                                          kFirst, kLast));
        }
        ports.variables_[std::string{kPrefix} + name] = std::to_string(*found);
    }
    return ports;
}

std::vector<std::string> open_ports(const ports::Variables& variables) {
    std::vector<std::string> open;
    for (const auto& [name, value] : variables) {
        if (!name.starts_with(kPrefix)) continue;
        const core::UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        const auto address = loopback(static_cast<unsigned>(std::stoul(value)));
        if (!fd || ::connect(fd.get(), generic(address), sizeof address) != 0) continue;
        open.push_back(fmt::format("{} (127.0.0.1:{})", name.substr(kPrefix.size()), value));
    }
    return open;
}

}  // namespace callgate::engine
