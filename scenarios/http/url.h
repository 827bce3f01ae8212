#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/result.h"
#include "harness/document/node.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::scenarios::http {

/// Where to connect to.
struct Endpoint {
    std::string host;  ///< a name or an address, without brackets
    std::uint16_t port = 0;

    [[nodiscard]] bool is_address() const;
    /// "host:port", an IPv6 address in brackets.
    [[nodiscard]] std::string text() const;
    /// The host itself when it is an address, both loopback addresses for `localhost` (RFC 6761 section 6.3, so that no
    /// resolver is asked), nothing for any other name.
    [[nodiscard]] std::vector<std::string> addresses() const;
};

/// "127.0.0.1:80", "localhost:80", "[::1]:80".
core::Result<Endpoint> parse_endpoint(std::string_view text);
/// The same from a plan; what is wrong is reported.
std::optional<Endpoint> read_endpoint(const document::Node& node, core::Diagnostics& diagnostics);

/// An http or https URL (RFC 3986) without user information or fragment.
struct Url {
    bool tls = false;
    Endpoint endpoint;
    std::string authority;  ///< as written; the Host header
    std::string target;     ///< path and query; at least "/"

    /// Without the query, where secrets may stand.
    [[nodiscard]] std::string shown() const;
};

core::Result<Url> parse_url(std::string_view text);

}  // namespace callgate::scenarios::http
