#pragma once

#include "harness/demo/descriptor.h"

#include <cstdint>

namespace callgate::demo {

/// A listening, non-blocking socket on 127.0.0.1.
class Listener {
public:
    /// Port 0 takes any free one. Throws std::system_error.
    explicit Listener(std::uint16_t port);

    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    UniqueFd socket_;
    std::uint16_t port_ = 0;
};

}  // namespace callgate::demo
