#include "scenarios/http/options.h"

#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/step_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

namespace callgate::scenarios::http {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::int64_t kMostConnections = 10'000;
constexpr std::int64_t kMostRequests = 1'000'000'000;
constexpr std::int64_t kHighestRate = 1'000'000;
/// An open loop finds a free connection for every request that is due, unless the server is slow.
constexpr std::int64_t kOpenLoopConnections = 64;
constexpr core::Milliseconds kRoomForRequests{30'000};
constexpr core::Milliseconds kRoomToEnd{1'000};

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= ' ' && byte != 0x7F);
    });
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return text;
}

std::optional<Url> read_url(const Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    auto url = parse_url(*text);
    if (url) return std::move(*url);
    diagnostics.error(node.span, url.error().message);
    return std::nullopt;
}

void read_headers(const Node& node, LoadSpec& load, core::Diagnostics& diagnostics) {
    static constexpr std::array<std::string_view, 3> kOurs{"connection", "content-length", "transfer-encoding"};
    if (node.kind != Node::Kind::mapping) {
        diagnostics.error(node.span, fmt::format("{} stands where headers are wanted", kind_name(node)),
                          "a mapping of names to values, as {Accept-Encoding: gzip}");
    }
    for (const auto& [name, span, value] : node.members) {
        const auto text = document::read_string(value, diagnostics);
        if (!is_token(name)) {
            diagnostics.error(span, fmt::format("'{}' is not the name of a header", name));
        } else if (std::find(kOurs.begin(), kOurs.end(), lower(name)) != kOurs.end()) {
            diagnostics.error(span, fmt::format("header '{}' follows from the other options", name));
        } else if (text && !is_field_value(*text)) {
            diagnostics.error(value.span, fmt::format("header '{}' holds a control character", name));
        } else if (text) {
            load.headers.emplace_back(name, *text);
        }
    }
}

void read_request(MappingReader& reader, LoadSpec& load, core::Diagnostics& diagnostics) {
    if (const auto* url = reader.required("url")) load.url = read_url(*url, diagnostics).value_or(Url{});
    if (const auto* method = reader.optional("method")) {
        load.method = document::read_string(*method, diagnostics).value_or("GET");
        if (!is_token(load.method)) diagnostics.error(method->span, fmt::format("'{}' is not a method", load.method));
    }
    if (const auto* headers = reader.optional("headers")) read_headers(*headers, load, diagnostics);
}

void read_body(MappingReader& reader, Options& options, core::Diagnostics& diagnostics) {
    std::string_view found;
    for (const auto* key : {"body", "body_size", "body_file"}) {
        if (reader.node().find(key) == nullptr) continue;
        if (!found.empty()) {
            diagnostics.error(key_span(reader.node(), key),
                              fmt::format("'{}' stands beside '{}': one or the other", key, found));
        }
        found = key;
    }
    auto& load = options.load;
    if (!found.empty() && reader.node().find("method") == nullptr) load.method = "POST";
    if (const auto body = reader.string("body")) load.body = *body;
    if (const auto size = reader.integer("body_size", 0, static_cast<std::int64_t>(kLargestBody))) {
        load.body.assign(static_cast<std::size_t>(*size), 'x');
    }
    options.body_file = reader.string("body_file").value_or("");
}

void read_tls(MappingReader& reader, LoadSpec& load, core::Diagnostics& diagnostics) {
    const auto insecure = reader.boolean("insecure");
    if (const auto* node = reader.optional("tls")) {
        MappingReader inner{*node, "tls", diagnostics};
        load.tls = tls::read_settings(inner, diagnostics);
        inner.finish();
        if (!load.url.tls && load.url.endpoint.port != 0) {
            diagnostics.error(key_span(reader.node(), "tls"), "'tls' stands beside a URL without TLS", "https://");
        }
    }
    if (!insecure) return;
    if (*insecure && load.tls.verify) {
        diagnostics.error(key_span(reader.node(), "insecure"), "'insecure' stands beside a 'ca' to verify with");
    }
    load.tls.verify = !*insecure;
}

void read_latencies(MappingReader& reader, Expectation& expect, core::Diagnostics& diagnostics) {
    static constexpr std::array<std::pair<const char*, double>, 3> kPercentiles{
        {{"p50", 50}, {"p95", 95}, {"p99", 99}}};
    for (const auto& [key, percent] : kPercentiles) {
        const auto* node = reader.optional(key);
        if (node == nullptr) continue;
        if (const auto most = ports::read_positive_duration(*node, diagnostics)) {
            expect.latencies.push_back({percent, *most});
        }
    }
}

Expectation read_expect(const Node& node, LoadSpec& load, core::Diagnostics& diagnostics) {
    Expectation expect;
    MappingReader reader{node, "expect", diagnostics};
    if (const auto* status = reader.optional("status")) {
        load.status = StatusSet::read(*status, diagnostics).value_or(StatusSet{});
    }
    expect.errors = static_cast<std::uint64_t>(reader.integer("errors", 0, kMostRequests).value_or(0));
    expect.min_rate = reader.integer("min_rate", 0, kMostRequests).value_or(0);
    read_latencies(reader, expect, diagnostics);
    if (const auto* body = reader.optional("body")) {
        MappingReader inner{*body, "body", diagnostics};
        if (const auto* text = inner.required("contains")) {
            load.body_contains = document::read_string(*text, diagnostics).value_or("");
        }
        inner.finish();
    }
    reader.finish();
    return expect;
}

core::Milliseconds usual_within(const Options& options) {
    if (options.duration) return add_limits(*options.duration, options.load.timeout + kRoomToEnd);
    if (!options.count) return core::Milliseconds{0};
    const auto sending = options.rate == 0 ? 0 : *options.count / static_cast<std::uint64_t>(options.rate);
    return add_limits(core::Milliseconds{std::chrono::seconds{sending}}, options.load.timeout + kRoomForRequests);
}

}  // namespace

Options read_options(const Node& value, bool open_ended, core::Diagnostics& diagnostics) {
    Options options;
    if (value.kind == Node::Kind::scalar) {
        // The short form: one request.
        options.load.url = read_url(value, diagnostics).value_or(Url{});
        if (!open_ended) options.count = 1;
        options.within = usual_within(options);
        return options;
    }
    MappingReader mapping{value, "http", diagnostics};
    auto& load = options.load;
    read_request(mapping, load, diagnostics);
    read_body(mapping, options, diagnostics);
    options.rate = mapping.integer("rate", 1, kHighestRate).value_or(0);
    load.connections = static_cast<std::size_t>(
        mapping.integer("connections", 1, kMostConnections).value_or(options.rate == 0 ? 1 : kOpenLoopConnections));
    load.keep_alive = mapping.boolean("keep_alive").value_or(true);
    load.timeout = read_within(mapping, "timeout", load.timeout, diagnostics);
    if (const auto count = mapping.integer("count", 1, kMostRequests))
        options.count = static_cast<std::uint64_t>(*count);
    if (const auto* duration = mapping.optional("for")) {
        options.duration = ports::read_positive_duration(*duration, diagnostics);
        if (value.find("count") != nullptr) {
            diagnostics.error(key_span(value, "for"), "'for' stands beside 'count': one or the other");
        }
    }
    read_tls(mapping, load, diagnostics);
    if (const auto* expect = mapping.optional("expect")) options.expect = read_expect(*expect, load, diagnostics);

    if (!options.count && !options.duration && !open_ended) {
        options.count = 1;
        if (options.rate != 0) {
            diagnostics.error(key_span(value, "rate"), "'rate' stands without 'for' and 'count'",
                              "how long, as for: 5s, or how many");
        }
    }
    options.within = read_within(mapping, "within", usual_within(options), diagnostics);
    mapping.finish();
    return options;
}

}  // namespace callgate::scenarios::http
