#include "scenarios/tls/options.h"

#include "harness/core/closest.h"
#include "harness/document/read.h"
#include "scenarios/step_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace callgate::scenarios::tls {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::int64_t kMostConnections = 256;
constexpr std::int64_t kMostRounds = 1'000'000;
constexpr core::Milliseconds kRoomForRounds{30'000};

constexpr std::array<std::pair<std::string_view, Action>, 12> kActions{{
    {"handshake", Action::handshake},
    {"resume", Action::resume},
    {"renegotiate", Action::renegotiate},
    {"key-update", Action::key_update},
    {"key-update-own", Action::key_update_own},
    {"slow-handshake", Action::slow_handshake},
    {"half-handshake", Action::half_handshake},
    {"alert", Action::alert},
    {"garbage", Action::garbage},
    {"bad-record", Action::bad_record},
    {"close", Action::close},
    {"cut", Action::cut},
}};

std::optional<Action> read_action(const Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, action] : kActions) {
        if (name == *text) return action;
        names.emplace_back(name);
    }
    diagnostics.error(node.span, fmt::format("'{}' is not something to do with TLS", *text),
                      core::suggestion(*text, names));
    return std::nullopt;
}

void read_actions(const Node& node, Options& options, core::Diagnostics& diagnostics) {
    if (node.kind == Node::Kind::sequence && node.items.empty()) {
        diagnostics.error(node.span, "the list of what to do is empty");
    }
    std::vector<const Node*> items;
    if (node.kind != Node::Kind::sequence) items.push_back(&node);
    for (const auto& item : node.items) items.push_back(&item);
    for (const auto* item : items) {
        const auto action = read_action(*item, diagnostics);
        if (!action) continue;
        // TLS 1.3 has no renegotiation, and only it has key updates (RFC 8446 section 4.6.3).
        if (*action == Action::renegotiate && options.settings.version != Version::v1_2) {
            diagnostics.error(item->span, "TLS 1.3 knows no renegotiation", "version: \"1.2\" beside it");
        }
        const bool updates_keys = *action == Action::key_update || *action == Action::key_update_own;
        if (updates_keys && options.settings.version == Version::v1_2) {
            diagnostics.error(item->span, "TLS 1.2 knows no key update", "version: \"1.3\" beside it");
        }
        options.actions.push_back(*action);
    }
}

Wanted read_wanted(MappingReader& reader, std::string_view key, core::Diagnostics& diagnostics) {
    const auto* node = reader.optional(key);
    if (node == nullptr) return Wanted::accepted;
    const auto text = document::read_string(*node, diagnostics).value_or("accepted");
    if (text != "accepted" && text != "refused") {
        diagnostics.error(node->span, fmt::format("'{}' says not what a server does", text), "accepted or refused");
    }
    return text == "refused" ? Wanted::refused : Wanted::accepted;
}

void read_certificate(const Node& node, Expectation& expect, core::Diagnostics& diagnostics) {
    MappingReader reader{node, "certificate", diagnostics};
    expect.subject = reader.string("subject").value_or("");
    expect.certificate_file = reader.string("file").value_or("");
    if (reader.is_mapping() && expect.subject.empty() && expect.certificate_file.empty()) {
        diagnostics.error(node.span, "certificate has none of 'subject', 'file'");
    }
    reader.finish();
}

Expectation read_expect(const Node& node, core::Diagnostics& diagnostics) {
    Expectation expect;
    MappingReader reader{node, "expect", diagnostics};
    expect.handshake = read_wanted(reader, "handshake", diagnostics);
    expect.resumption = read_wanted(reader, "resumption", diagnostics);
    expect.renegotiation = read_wanted(reader, "renegotiation", diagnostics);
    expect.version = reader.string("version").value_or("");
    expect.alpn = reader.string("alpn");
    expect.ocsp = reader.boolean("ocsp");
    expect.client_certificate = reader.boolean("client_certificate");
    if (const auto* certificate = reader.optional("certificate")) read_certificate(*certificate, expect, diagnostics);
    if (const auto* answer = reader.optional("answer")) {
        MappingReader inner{*answer, "answer", diagnostics};
        if (const auto* text = inner.required("contains")) {
            expect.answer = document::read_string(*text, diagnostics).value_or("");
        }
        inner.finish();
    }
    reader.finish();
    return expect;
}

void read_starttls(MappingReader& reader, Options& options, core::Diagnostics& diagnostics) {
    const auto* node = reader.optional("starttls");
    if (node == nullptr) return;
    const auto text = document::read_string(*node, diagnostics).value_or("postgres");
    options.postgres = text == "postgres";
    if (!options.postgres) {
        diagnostics.error(node->span, fmt::format("'{}' is no protocol that can start TLS here", text), "postgres");
    }
}

void check(const Options& options, const Node& value, core::Diagnostics& diagnostics) {
    if (options.send.empty() && !options.expect.answer.empty()) {
        diagnostics.error(key_span(value, "expect"), "'answer' stands without 'send'");
    }
    if (options.await.count() > 0 && options.expect.certificate_file.empty() && options.expect.subject.empty()) {
        diagnostics.error(key_span(value, "await"), "'await' stands without a 'certificate' in 'expect'");
    }
    if (!options.tickets && options.settings.version == Version::v1_3) {
        diagnostics.error(key_span(value, "tickets"), "TLS 1.3 resumes by tickets only", "version: \"1.2\" beside it");
    }
    if (options.expect.ocsp && !options.ocsp) {
        diagnostics.error(key_span(value, "expect"), "nobody asked for what 'ocsp' expects", "ocsp: true beside it");
    }
}

}  // namespace

std::string_view action_name(Action action) {
    return std::find_if(kActions.begin(), kActions.end(), [&](const auto& one) { return one.second == action; })->first;
}

Options read_options(const Node& value, bool open_ended, core::Diagnostics& diagnostics) {
    Options options;
    MappingReader reader{value, "tls", diagnostics};
    if (const auto* connect = reader.required("connect")) {
        options.endpoint = http::read_endpoint(*connect, diagnostics).value_or(http::Endpoint{});
    }
    options.settings = read_settings(reader, diagnostics);
    options.settings.verify = !reader.boolean("insecure").value_or(!options.settings.verify);
    if (const auto* actions = reader.optional("do")) {
        read_actions(*actions, options, diagnostics);
    } else {
        options.actions = {Action::handshake};
    }
    options.tickets = reader.boolean("tickets").value_or(true);
    options.ocsp = reader.boolean("ocsp").value_or(false);
    read_starttls(reader, options, diagnostics);
    options.send = reader.string("send").value_or("");
    if (const auto count = reader.integer("count", 1, kMostRounds)) options.count = static_cast<std::uint64_t>(*count);
    if (!options.count && !open_ended) options.count = 1;
    options.connections = static_cast<std::size_t>(reader.integer("connections", 1, kMostConnections).value_or(1));
    options.timeout = read_within(reader, "timeout", options.timeout, diagnostics);
    options.pause = read_within(reader, "pause", options.pause, diagnostics);
    options.await = read_within(reader, "await", options.await, diagnostics);
    const auto usual =
        options.count ? add_limits(add_limits(options.timeout, options.await), kRoomForRounds) : core::Milliseconds{0};
    options.within = read_within(reader, "within", usual, diagnostics);
    if (const auto* expect = reader.optional("expect")) options.expect = read_expect(*expect, diagnostics);
    reader.finish();
    if (reader.is_mapping()) check(options, value, diagnostics);
    return options;
}

}  // namespace callgate::scenarios::tls
