#include "scenarios/tls/settings.h"

#include "scenarios/step_reader.h"
#include "scenarios/tls/context.h"

#include <fmt/format.h>

#include <optional>

namespace callgate::scenarios::tls {

namespace {

using document::MappingReader;
using document::Node;

/// A protocol's name has a length of one byte (RFC 7301 section 3.1).
constexpr std::size_t kLongestProtocol = 255;

Version read_version(const Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics).value_or("");
    if (text == "1.2") return Version::v1_2;
    if (text == "1.3") return Version::v1_3;
    diagnostics.error(node.span, fmt::format("'{}' is not a TLS version", text), "\"1.2\" or \"1.3\"");
    return Version::any;
}

/// One name, or a list of them; each with its place.
std::vector<const Node*> one_or_more(const Node& node) {
    if (node.kind != Node::Kind::sequence) return {&node};
    std::vector<const Node*> all;
    for (const auto& item : node.items) all.push_back(&item);
    return all;
}

void read_ciphers(const Node& node, Settings& settings, core::Diagnostics& diagnostics) {
    for (const auto* item : one_or_more(node)) {
        const auto name = document::read_string(*item, diagnostics);
        if (!name) continue;
        auto& list = name->starts_with("TLS_") ? settings.suites : settings.ciphers;
        if (!knows_ciphers(*name)) {
            diagnostics.error(item->span, fmt::format("'{}' is no cipher that OpenSSL knows", *name),
                              "a name that `openssl ciphers -v` shows");
        } else {
            list += (list.empty() ? "" : ":") + *name;
        }
    }
    if (settings.ciphers.empty() && settings.suites.empty() && node.items.empty() &&
        node.kind == Node::Kind::sequence) {
        diagnostics.error(node.span, "the list of ciphers is empty");
    }
}

void read_alpn(const Node& node, Settings& settings, core::Diagnostics& diagnostics) {
    for (const auto* item : one_or_more(node)) {
        const auto name = document::read_string(*item, diagnostics);
        if (!name) continue;
        if (name->empty() || name->size() > kLongestProtocol) {
            diagnostics.error(item->span, fmt::format("'{}' is not a protocol for ALPN", *name),
                              "1 to 255 bytes, as h2 or http/1.1");
        } else {
            settings.alpn.push_back(*name);
        }
    }
}

}  // namespace

Settings read_settings(MappingReader& reader, core::Diagnostics& diagnostics) {
    Settings settings;
    if (const auto* version = reader.optional("version")) settings.version = read_version(*version, diagnostics);
    if (const auto* ciphers = reader.optional("ciphers")) read_ciphers(*ciphers, settings, diagnostics);
    if (const auto* alpn = reader.optional("alpn")) read_alpn(*alpn, settings, diagnostics);
    settings.server_name = reader.string("sni").value_or("");
    settings.authority = reader.string("ca").value_or("");
    settings.verify = !settings.authority.empty();
    settings.certificate = reader.string("certificate").value_or("");
    settings.key = reader.string("key").value_or("");
    if (reader.is_mapping() && settings.certificate.empty() != settings.key.empty()) {
        const auto* present = settings.key.empty() ? "certificate" : "key";
        diagnostics.error(key_span(reader.node(), present), fmt::format("'{}' stands alone", present),
                          "a client's certificate needs both 'certificate' and 'key'");
    }
    return settings;
}

}  // namespace callgate::scenarios::tls
