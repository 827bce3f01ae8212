#pragma once

#include "harness/core/result.h"
#include "harness/core/unique_fd.h"
#include "harness/ports/variables.h"

#include <cstdint>
#include <string>
#include <vector>

namespace callgate::engine {

/// TCP ports of 127.0.0.1 for one instance of a workload. While this object lives no other instance gets them, of this
/// callgate or of another one in the same network namespace; and they are none that the kernel gives to connections
/// (net.ipv4.ip_local_port_range, ip(7)), so that no client takes one before the workload listens.
class LoopbackPorts {
public:
    LoopbackPorts() = default;

    /// A free one for each name.
    static core::Result<LoopbackPorts> take(const std::vector<std::string>& names);

    /// "port.NAME" -> number.
    [[nodiscard]] const ports::Variables& variables() const { return variables_; }

private:
    ports::Variables variables_;
    std::vector<core::UniqueFd> taken_;
};

/// Those of the ports that accept a connection, as "http (127.0.0.1:8080)".
std::vector<std::string> open_ports(const ports::Variables& variables);

}  // namespace callgate::engine
