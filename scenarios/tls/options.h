#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "scenarios/http/url.h"
#include "scenarios/tls/settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::scenarios::tls {

/// What can be done with TLS, by the name that a plan uses; `_` here, `-` there.
enum class Action {
    handshake,       ///< a new connection, a full handshake
    resume,          ///< a new connection that resumes the session of the one before
    renegotiate,     ///< TLS 1.2: another handshake inside the connection
    key_update,      ///< TLS 1.3: new keys in both directions
    key_update_own,  ///< TLS 1.3: new keys for what the client sends
    slow_handshake,  ///< a full handshake, byte by byte
    half_handshake,  ///< the client goes away in the middle of it
    alert,           ///< the client ends it with a fatal alert
    garbage,         ///< what is no TLS at all, in place of a handshake
    bad_record,      ///< a record that nobody can decrypt, in an established connection
    close,           ///< ends the connection as the protocol wants it (close_notify)
    cut,             ///< ends it without a word
};

/// "half-handshake"
std::string_view action_name(Action action);

/// What a plan wants to see of a handshake, a resumption or a renegotiation.
enum class Wanted { accepted, refused };

struct Expectation {
    Wanted handshake = Wanted::accepted;
    Wanted resumption = Wanted::accepted;
    Wanted renegotiation = Wanted::accepted;
    std::string version;                     ///< "1.3"; "": any
    std::optional<std::string> alpn;         ///< what the server chooses; "": nothing
    std::optional<bool> ocsp;                ///< a response comes with the handshake
    std::optional<bool> client_certificate;  ///< the server asks for one
    std::string subject;                     ///< text in the subject of its certificate
    std::string certificate_file;            ///< its certificate is the first one in this file
    std::string answer;                      ///< text in what comes back for `send`
};

/// A `tls` step as written.
struct Options {
    http::Endpoint endpoint;
    std::vector<Action> actions;
    Settings settings;
    bool tickets = true;  ///< false: sessions are resumed by their id
    bool ocsp = false;    ///< a certificate status is asked for
    bool postgres = false;
    std::string send;  ///< after every action that leaves the connection usable
    std::optional<std::uint64_t> count;
    std::size_t connections = 1;
    core::Milliseconds timeout{10'000};  ///< of every action
    core::Milliseconds pause{1};         ///< between the bytes of a slow handshake
    core::Milliseconds await{0};         ///< how long the certificate may still be another one
    core::Milliseconds within{0};        ///< 0: no bound of its own
    Expectation expect;
};

/// `open_ended`: without `count` it goes on until it is told to stop, else it is done once.
Options read_options(const document::Node& value, bool open_ended, core::Diagnostics& diagnostics);

}  // namespace callgate::scenarios::tls
