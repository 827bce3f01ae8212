#include "scenarios/http/url.h"

#include "harness/document/read.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace callgate::scenarios::http {

namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool is_v4(const std::string& host) {
    in_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_v6(const std::string& host) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_name(std::string_view host) {
    // The longest name of DNS, RFC 1035 section 2.3.4.
    constexpr std::size_t kLongest = 253;
    return !host.empty() && host.size() <= kLongest && std::all_of(host.begin(), host.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
    });
}

core::Result<std::uint16_t> parse_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 ||
        port > std::numeric_limits<std::uint16_t>::max()) {
        return core::fail(fmt::format("'{}' is not a port from 1 to 65535", text));
    }
    return static_cast<std::uint16_t>(port);
}

/// `default_port` 0: the port must be there.
core::Result<Endpoint> parse(std::string_view text, std::uint16_t default_port) {
    Endpoint endpoint{{}, default_port};
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return core::fail(fmt::format("'{}' has no closing ']'", text));
        endpoint.host = text.substr(1, close - 1);
        rest = text.substr(close + 1);
        if (!is_v6(endpoint.host)) return core::fail(fmt::format("'{}' is not an IPv6 address", endpoint.host));
    } else {
        const auto colon = text.find(':');
        endpoint.host = text.substr(0, colon);
        rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
        if (!is_name(endpoint.host)) return core::fail(fmt::format("'{}' is not a host", endpoint.host));
    }
    if (rest.empty()) {
        if (default_port == 0) return core::fail(fmt::format("'{}' has no port, as in {}:80", text, text));
        return endpoint;
    }
    if (!rest.starts_with(':')) return core::fail(fmt::format("'{}' stands behind the host", rest));
    const auto port = parse_port(rest.substr(1));
    if (!port) return core::fail(port.error());
    endpoint.port = *port;
    return endpoint;
}

bool has_blank_or_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte >= 0x7F;
    });
}

}  // namespace

bool Endpoint::is_address() const {
    return is_v4(host) || is_v6(host);
}

std::string Endpoint::text() const {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::vector<std::string> Endpoint::addresses() const {
    if (is_address()) return {host};
    if (host == "localhost") return {"127.0.0.1", "::1"};
    return {};
}

core::Result<Endpoint> parse_endpoint(std::string_view text) {
    return parse(text, 0);
}

std::optional<Endpoint> read_endpoint(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    auto endpoint = parse_endpoint(*text);
    if (endpoint) return std::move(*endpoint);
    diagnostics.error(node.span, endpoint.error().message);
    return std::nullopt;
}

std::string Url::shown() const {
    return fmt::format("{}{}{}", tls ? kHttps : kHttp, authority, target.substr(0, target.find('?')));
}

core::Result<Url> parse_url(std::string_view text) {
    Url url;
    url.tls = text.starts_with(kHttps);
    if (!url.tls && !text.starts_with(kHttp)) {
        return core::fail(fmt::format("'{}' is not an http:// or https:// URL", text));
    }
    if (has_blank_or_control(text)) return core::fail("a URL has no blanks and only ASCII: write others as %20");
    auto rest = text.substr(url.tls ? kHttps.size() : kHttp.size());
    if (rest.find('#') != std::string_view::npos) {
        return core::fail("a fragment ('#') is never sent to a server: leave it out");
    }
    const auto slash = rest.find_first_of("/?");
    const auto authority = rest.substr(0, slash);
    if (authority.find('@') != std::string_view::npos) {
        return core::fail("user and password in a URL are not supported: send an Authorization header");
    }
    const auto endpoint = parse(authority, url.tls ? kHttpsPort : kHttpPort);
    if (!endpoint) return core::fail(endpoint.error());
    url.endpoint = *endpoint;
    url.authority = authority;
    url.target = slash == std::string_view::npos ? "/" : rest.substr(slash);
    if (url.target.front() == '?') url.target.insert(0, 1, '/');
    return url;
}

}  // namespace callgate::scenarios::http
