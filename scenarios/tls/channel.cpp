#include "scenarios/tls/channel.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>

namespace callgate::scenarios::tls {

namespace {

constexpr std::size_t kAtOnce = 16384;

Done from(net::Io how) {
    if (how == net::Io::done) return {};
    return {how, std::string{net::describe(how)}};
}

}  // namespace

void SessionDeleter::operator()(ssl_session_st* session) const {
    ::SSL_SESSION_free(session);
}

void Channel::TlsDeleter::operator()(ssl_st* tls) const {
    ::SSL_free(tls);
}

Channel::Channel(net::Connection connection, ssl_ctx_st* context)
    : connection_{std::move(connection)}, tls_{::SSL_new(context)} {
    ::SSL_set_bio(tls_.get(), ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
    ::SSL_set_connect_state(tls_.get());
    ::SSL_set_msg_callback(tls_.get(), &Channel::on_message);
    ::SSL_ctrl(tls_.get(), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, this);
    ::SSL_set_cert_cb(
        tls_.get(),
        [](ssl_st* /*tls*/, void* channel) {
            static_cast<Channel*>(channel)->asked_for_certificate_ = true;
            return 1;
        },
        this);
}

Channel::~Channel() {
    // A session whose connection did not end in order would not be resumed (SSL_free, "ssl_clear_bad_session").
    ::SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void Channel::on_message(int written, int /*version*/, int type, const void* bytes, std::size_t size, ssl_st* /*tls*/,
                         void* channel) {
    if (written != 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
    if (*static_cast<const unsigned char*>(bytes) == SSL3_MT_KEY_UPDATE) ++static_cast<Channel*>(channel)->key_updates_;
}

void Channel::ask_for_ocsp() {
    ::SSL_set_tlsext_status_type(tls_.get(), TLSEXT_STATUSTYPE_ocsp);
}

void Channel::offer(const Session& session) {
    ::SSL_set_session(tls_.get(), session.get());
}

Done Channel::flush(const Limits& limits) {
    auto* out = ::SSL_get_wbio(tls_.get());
    std::array<char, kAtOnce> buffer;
    while (true) {
        const int size = ::BIO_read(out, buffer.data(), static_cast<int>(buffer.size()));
        if (size <= 0) return {};
        std::string_view bytes{buffer.data(), static_cast<std::size_t>(size)};
        if (pause_.count() == 0) {
            if (const auto how = connection_.send(bytes, limits); how != net::Io::done) return from(how);
            continue;
        }
        for (; !bytes.empty(); bytes.remove_prefix(1)) {
            if (const auto how = connection_.send(bytes.substr(0, 1), limits); how != net::Io::done) return from(how);
            if (const auto how = net::pause(pause_, limits); how != net::Io::done) return from(how);
        }
    }
}

Done Channel::fill(const Limits& limits) {
    std::string bytes;
    const auto how = connection_.receive(bytes, kAtOnce, limits);
    if (how == net::Io::done) ::BIO_write(::SSL_get_rbio(tls_.get()), bytes.data(), static_cast<int>(bytes.size()));
    return from(how);
}

/// Calls `operation` until it is done, moving bytes between OpenSSL and the socket.
template <class Operation>
Done Channel::drive(Operation operation, const Limits& limits) {
    while (true) {
        ::ERR_clear_error();
        const int result = operation();
        const int error = ::SSL_get_error(tls_.get(), result);
        auto failure = error == SSL_ERROR_SSL ? last_failure() : std::string{};
        // An alert is sent even when the operation failed; that it cannot be sent is no news then.
        auto sent = flush(limits);
        if (!failure.empty()) return {net::Io::reset, std::move(failure)};
        if (!sent.ok()) {
            // Why a server hung up may stand in an alert that nobody has read yet.
            if (sent.how != net::Io::reset || !fill(limits).ok()) return sent;
        }
        if (result > 0) return {};
        if (error == SSL_ERROR_ZERO_RETURN) return from(net::Io::closed);
        if (error != SSL_ERROR_WANT_READ) return {net::Io::reset, "the connection is of no use any more"};
        if (auto filled = fill(limits); !filled.ok()) return filled;
    }
}

Done Channel::handshake(const Limits& limits) {
    return drive([this] { return ::SSL_do_handshake(tls_.get()); }, limits);
}

Done Channel::half_a_handshake(const Limits& limits) {
    ::SSL_do_handshake(tls_.get());
    if (auto sent = flush(limits); !sent.ok()) return sent;
    std::string answer;
    return from(connection_.receive(answer, kAtOnce, limits));
}

Done Channel::renegotiate(const Limits& limits) {
    ::ERR_clear_error();
    if (::SSL_renegotiate(tls_.get()) != 1) return {net::Io::reset, last_failure()};
    return handshake(limits);
}

Done Channel::update_keys(bool both, const Limits& limits) {
    ::ERR_clear_error();
    if (::SSL_key_update(tls_.get(), both ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) != 1) {
        return {net::Io::reset, last_failure()};
    }
    return handshake(limits);
}

Done Channel::write(std::string_view text, const Limits& limits) {
    if (text.empty()) return {};
    return drive([&] { return ::SSL_write(tls_.get(), text.data(), static_cast<int>(text.size())); }, limits);
}

Done Channel::read(std::string& into, const Limits& limits) {
    if (!early_.empty()) {
        into += std::exchange(early_, {});
        return {};
    }
    std::array<char, kAtOnce> buffer;
    int size = 0;
    auto done =
        drive([&] { return size = ::SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size())); }, limits);
    if (done.ok()) into.append(buffer.data(), static_cast<std::size_t>(size));
    return done;
}

Session Channel::session(const Limits& limits) {
    const auto resumable = [this] { return ::SSL_SESSION_is_resumable(::SSL_get0_session(tls_.get())) == 1; };
    // Tickets of TLS 1.3 follow the handshake, and are seen while something is read.
    std::array<char, kAtOnce> buffer;
    const auto take_ticket = [&] {
        if (resumable()) return 1;
        const int size = ::SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (size > 0) early_.append(buffer.data(), static_cast<std::size_t>(size));
        return resumable() ? 1 : size;
    };
    const bool later = ::SSL_version(tls_.get()) == TLS1_3_VERSION;
    while (later && !resumable()) {
        if (!drive(take_ticket, limits).ok()) return nullptr;
    }
    return Session{resumable() ? ::SSL_get1_session(tls_.get()) : nullptr};
}

void Channel::close(const Limits& limits) {
    if (::SSL_is_init_finished(tls_.get()) == 0) return;
    ::SSL_shutdown(tls_.get());
    static_cast<void>(flush(limits));
}

bool Channel::stapled_ocsp() const {
    const unsigned char* response = nullptr;
    return ::SSL_get_tlsext_status_ocsp_resp(tls_.get(), &response) > 0;
}

bool Channel::resumed() const {
    return ::SSL_session_reused(tls_.get()) == 1;
}

std::string Channel::version() const {
    const std::string name{::SSL_get_version(tls_.get())};
    constexpr std::string_view kPrefix = "TLSv";
    return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

std::string Channel::subject() const {
    const auto* certificate = ::SSL_get0_peer_certificate(tls_.get());
    if (certificate == nullptr) return {};
    const std::unique_ptr<BIO, decltype(&::BIO_free)> text{::BIO_new(::BIO_s_mem()), &::BIO_free};
    ::X509_NAME_print_ex(text.get(), ::X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
    char* begin = nullptr;
    const auto size = ::BIO_get_mem_data(text.get(), &begin);
    return {begin, static_cast<std::size_t>(size)};
}

bool Channel::has_certificate(const std::string& pem) const {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> text{::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                           &::BIO_free};
    const std::unique_ptr<X509, decltype(&::X509_free)> wanted{
        ::PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &::X509_free};
    ::ERR_clear_error();
    const auto* seen = ::SSL_get0_peer_certificate(tls_.get());
    return wanted != nullptr && seen != nullptr && ::X509_cmp(wanted.get(), seen) == 0;
}

Done start_tls_postgres(net::Connection& connection, const net::Connection::Limits& limits) {
    // Length 8 and the number 80877103, both in network order.
    static constexpr std::string_view kRequest{"\x00\x00\x00\x08\x04\xd2\x16\x2f", 8};
    if (const auto how = connection.send(kRequest, limits); how != net::Io::done) return from(how);
    std::string answer;
    if (const auto how = connection.receive(answer, 1, limits); how != net::Io::done) return from(how);
    if (answer == "S") return {};
    return {net::Io::closed, answer == "N" ? "the server has no TLS" : "the answer to SSLRequest is no answer to that"};
}

}  // namespace callgate::scenarios::tls
