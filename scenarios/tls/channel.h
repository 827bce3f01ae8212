#pragma once

#include "scenarios/net/connection.h"
#include "scenarios/tls/context.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_session_st;

namespace callgate::scenarios::tls {

struct SessionDeleter {
    void operator()(ssl_session_st* session) const;
};
/// What a later handshake can resume.
using Session = std::unique_ptr<ssl_session_st, SessionDeleter>;

/// What came of an operation: "" when it was done, else why it was not, and how the connection stands.
struct Done {
    net::Io how = net::Io::done;
    std::string problem;
    [[nodiscard]] bool ok() const { return problem.empty(); }
};

/// A client's side of TLS over a connection that is its own. OpenSSL never touches the socket: what it wants to send
/// and to read passes through here, whole or byte by byte. Of one thread at a time.
class Channel {
public:
    using Limits = net::Connection::Limits;

    Channel(net::Connection connection, ssl_ctx_st* context);
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] ssl_st* tls() const { return tls_.get(); }
    [[nodiscard]] net::Connection& connection() { return connection_; }

    /// From now on every byte is sent by itself, so long after the one before.
    void send_slowly(core::Milliseconds pause) { pause_ = pause; }
    void ask_for_ocsp();
    void offer(const Session& session);

    [[nodiscard]] Done handshake(const Limits& limits);
    /// Sends the first flight (ClientHello) and waits for the first bytes of the answer; they are left unread.
    [[nodiscard]] Done half_a_handshake(const Limits& limits);
    /// A whole handshake inside the connection (TLS 1.2).
    [[nodiscard]] Done renegotiate(const Limits& limits);
    /// New keys for what is sent (TLS 1.3); `both`: the server is asked to do the same.
    [[nodiscard]] Done update_keys(bool both, const Limits& limits);
    [[nodiscard]] Done write(std::string_view text, const Limits& limits);
    /// Appends what comes next; an orderly end is `closed`.
    [[nodiscard]] Done read(std::string& into, const Limits& limits);
    /// What can be resumed, which under TLS 1.3 may still be on its way; null when none came in time.
    [[nodiscard]] Session session(const Limits& limits);
    /// Says that nothing more will be sent (close_notify); does not wait for the other side's.
    void close(const Limits& limits);

    /// What the other side did so far.
    [[nodiscard]] bool asked_for_certificate() const { return asked_for_certificate_; }
    [[nodiscard]] int key_updates() const { return key_updates_; }
    [[nodiscard]] bool stapled_ocsp() const;
    [[nodiscard]] bool resumed() const;
    [[nodiscard]] std::string version() const;  ///< "1.3"
    /// The certificate's subject, as "CN = localhost".
    [[nodiscard]] std::string subject() const;
    /// True when its certificate is the first one in this PEM text.
    [[nodiscard]] bool has_certificate(const std::string& pem) const;

private:
    struct TlsDeleter {
        void operator()(ssl_st* tls) const;
    };
    template <class Operation>
    Done drive(Operation operation, const Limits& limits);
    Done flush(const Limits& limits);
    Done fill(const Limits& limits);
    static void on_message(int written, int version, int type, const void* bytes, std::size_t size, ssl_st* tls,
                           void* channel);

    net::Connection connection_;
    std::unique_ptr<ssl_st, TlsDeleter> tls_;
    core::Milliseconds pause_{0};
    std::string early_;  ///< application data that came while something else was waited for
    bool asked_for_certificate_ = false;
    int key_updates_ = 0;
};

/// Asks a PostgreSQL server for TLS (SSLRequest of its protocol, "SSL Session Encryption").
Done start_tls_postgres(net::Connection& connection, const net::Connection::Limits& limits);

}  // namespace callgate::scenarios::tls
