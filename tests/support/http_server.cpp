#include "tests/support/http_server.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace callgate::tests {

namespace {

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error{what};
}

std::string with_body(int status, const std::string& body, const std::string& headers = {}) {
    return fmt::format("HTTP/1.1 {} Text\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body);
}

/// Answers PostgreSQL's SSLRequest.
bool start_tls(int fd) {
    std::array<char, 8> request{};
    return ::recv(fd, request.data(), request.size(), MSG_WAITALL) == static_cast<ssize_t>(request.size()) &&
           std::string_view(request.data(), request.size()) == std::string_view{"\0\0\0\x08\x04\xd2\x16\x2f", 8} &&
           ::send(fd, "S", 1, MSG_NOSIGNAL) == 1;
}

std::size_t body_length(const std::string& request) {
    const auto at = request.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::strtoull(request.c_str() + at + 16, nullptr, 10);
}

}  // namespace

/// The server's side of OpenSSL. A replaced certificate is for the connections that follow.
struct HttpServer::TlsContext {
    SSL_CTX* context = ::SSL_CTX_new(::TLS_server_method());
    TlsOptions options;
    std::string certificate_pem;
    std::string key_pem;
    std::string protocol;  ///< ALPN, with its length in front

    explicit TlsContext(TlsOptions wanted) : options{std::move(wanted)} {
        require(context != nullptr, "OpenSSL");
        use_certificate("localhost");
        const std::array<unsigned char, 4> id{"all"};
        ::SSL_CTX_set_session_id_context(context, id.data(), id.size());
        if (options.renegotiation) ::SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
        if (!options.tickets || !options.resumption) ::SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        if (!options.resumption) {
            ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
            ::SSL_CTX_set_num_tickets(context, 0);
        }
        if (options.client_certificate) {
            ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                                 [](int /*verified*/, X509_STORE_CTX* /*store*/) { return 1; });
        }
        if (!options.alpn.empty()) {
            protocol = static_cast<char>(options.alpn.size()) + options.alpn;
            ::SSL_CTX_set_alpn_select_cb(context, &choose_protocol, this);
        }
        if (!options.ocsp.empty()) {
            // The macros for these cast in the old style.
            ::SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, reinterpret_cast<void (*)()>(&staple));
            ::SSL_CTX_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG, 0, this);
        }
    }
    ~TlsContext() { ::SSL_CTX_free(context); }
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    void use_certificate(const std::string& host) {
        auto* key = ::EVP_EC_gen("P-256");
        auto* certificate = ::X509_new();
        require(key != nullptr && certificate != nullptr, "OpenSSL");
        ::X509_set_version(certificate, X509_VERSION_3);
        ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), 1);
        ::X509_gmtime_adj(::X509_getm_notBefore(certificate), -3600);
        ::X509_gmtime_adj(::X509_getm_notAfter(certificate), 3600);
        ::X509_set_pubkey(certificate, key);
        auto* name = ::X509_get_subject_name(certificate);
        ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.c_str()), -1,
                                     -1, 0);
        ::X509_set_issuer_name(certificate, name);
        require(::X509_sign(certificate, key, ::EVP_sha256()) > 0, "no signature");
        require(::SSL_CTX_use_certificate(context, certificate) == 1, "no certificate");
        require(::SSL_CTX_use_PrivateKey(context, key) == 1, "no key");
        certificate_pem = written([&](BIO* text) { return ::PEM_write_bio_X509(text, certificate); });
        key_pem = written(
            [&](BIO* text) { return ::PEM_write_bio_PrivateKey(text, key, nullptr, nullptr, 0, nullptr, nullptr); });
        ::X509_free(certificate);
        ::EVP_PKEY_free(key);
    }

    template <class Write>
    static std::string written(Write write) {
        auto* text = ::BIO_new(::BIO_s_mem());
        require(write(text) == 1, "no PEM");
        std::string all(::BIO_ctrl_pending(text), '\0');
        ::BIO_read(text, all.data(), static_cast<int>(all.size()));
        ::BIO_free(text);
        return all;
    }

    static int choose_protocol(SSL* /*tls*/, const unsigned char** out, unsigned char* out_size,
                               const unsigned char* offered, unsigned size, void* self) {
        const auto& ours = static_cast<TlsContext*>(self)->protocol;
        unsigned char* chosen = nullptr;
        const int found =
            ::SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                                    static_cast<unsigned>(ours.size()), offered, size);
        *out = chosen;
        return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
    }

    static int staple(SSL* tls, void* self) {
        const auto& response = static_cast<TlsContext*>(self)->options.ocsp;
        // OpenSSL frees it.
        auto* copy = static_cast<unsigned char*>(::OPENSSL_memdup(response.data(), response.size()));
        ::SSL_set_tlsext_status_ocsp_resp(tls, copy, static_cast<long>(response.size()));
        return SSL_TLSEXT_ERR_OK;
    }
};

/// A connection, with or without TLS.
class HttpServer::Channel {
public:
    Channel(int fd, SSL_CTX* context) : fd_{fd}, ssl_{context == nullptr ? nullptr : ::SSL_new(context)} {
        if (ssl_ != nullptr) ::SSL_set_fd(ssl_, fd);
    }
    ~Channel() {
        if (ssl_ == nullptr) return;
        // Else OpenSSL forgets the session of a connection that did not end in order.
        ::SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        ::SSL_free(ssl_);
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] SSL* tls() const { return ssl_; }
    bool accept() { return ssl_ == nullptr || ::SSL_accept(ssl_) == 1; }

    /// A whole request; "" when the client is gone.
    std::string read() {
        while (true) {
            const auto head = buffer_.find("\r\n\r\n");
            if (head != std::string::npos) {
                const auto size = head + 4 + body_length(buffer_.substr(0, head));
                if (buffer_.size() >= size) {
                    auto request = buffer_.substr(0, size);
                    buffer_.erase(0, size);
                    return request;
                }
            }
            std::array<char, 65536> bytes;
            const auto count = ssl_ != nullptr ? ::SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                               : static_cast<int>(::recv(fd_, bytes.data(), bytes.size(), 0));
            if (count <= 0) return {};
            buffer_.append(bytes.data(), static_cast<std::size_t>(count));
        }
    }

    bool write(std::string_view text) {
        while (!text.empty()) {
            const auto count = ssl_ != nullptr ? ::SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                                               : static_cast<int>(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL));
            if (count <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// Until the client closes or the server ends.
    void stall() const {
        std::array<char, 16> bytes;
        while (::recv(fd_, bytes.data(), bytes.size(), 0) > 0) {
        }
    }

private:
    int fd_;
    SSL* ssl_;
    std::string buffer_;
};

HttpServer::HttpServer(Tls tls) : tls_{tls == Tls::any ? std::make_unique<TlsContext>(TlsOptions{}) : nullptr} {
    listen();
}

HttpServer::HttpServer(const TlsOptions& options) : tls_{std::make_unique<TlsContext>(options)} {
    listen();
}

void HttpServer::listen() {
    // OpenSSL writes with write(2): a client that hung up must not end the test.
    ::signal(SIGPIPE, SIG_IGN);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    require(::bind(listener_, plain, size) == 0 && ::listen(listener_, 1024) == 0, "cannot listen");
    require(::getsockname(listener_, plain, &size) == 0, "no port");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
}

HttpServer::~HttpServer() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock{mutex_};
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& worker : workers_) worker.join();
    ::close(listener_);
}

std::string HttpServer::url(const std::string& path) const {
    return fmt::format("{}://127.0.0.1:{}{}", tls_ ? "https" : "http", port_, path);
}

std::string HttpServer::tls_version() const {
    const std::lock_guard lock{mutex_};
    return tls_version_;
}

std::string HttpServer::cipher() const {
    const std::lock_guard lock{mutex_};
    return cipher_;
}

std::string HttpServer::certificate() const {
    const std::lock_guard lock{mutex_};
    return tls_ ? tls_->certificate_pem : "";
}

std::string HttpServer::key() const {
    const std::lock_guard lock{mutex_};
    return tls_ ? tls_->key_pem : "";
}

void HttpServer::replace_certificate(const std::string& name) {
    const std::lock_guard lock{mutex_};
    tls_->use_certificate(name);
}

std::string HttpServer::server_name() const {
    const std::lock_guard lock{mutex_};
    return server_name_;
}

void HttpServer::accept_all() {
    while (!ending_) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        ++connections_;
        const std::lock_guard lock{mutex_};
        open_.push_back(fd);
        workers_.emplace_back([this, fd] { serve(fd); });
    }
}

void HttpServer::serve(int fd) {
    if (!tls_ || !tls_->options.postgres || start_tls(fd)) {
        auto* context = tls_ ? tls_->context : nullptr;
        Channel channel{fd, context};
        if (channel.accept()) {
            if (auto* tls = channel.tls()) {
                const std::lock_guard lock{mutex_};
                tls_version_ = ::SSL_get_version(tls);
                const char* name = ::SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
                server_name_ = name == nullptr ? "" : name;
                cipher_ = ::SSL_get_cipher_name(tls);
            }
            for (auto request = channel.read(); !request.empty(); request = channel.read()) {
                if (!answer(channel, request)) break;
            }
        }
    }
    const std::lock_guard lock{mutex_};
    open_.erase(std::find(open_.begin(), open_.end(), fd));
    ::close(fd);
}

/// False when the connection is to be closed.
bool HttpServer::answer(Channel& channel, const std::string& request) {
    const int number = ++requests_;
    const auto begin = request.find(' ') + 1;
    const auto path = request.substr(begin, request.find(' ', begin) - begin);
    const bool head = request.starts_with("HEAD");
    const bool keep = request.find("Connection: close") == std::string::npos;
    if (path == "/missing") return channel.write(with_body(404, "no")) && keep;
    if (path == "/echo") return channel.write(with_body(200, request)) && keep;
    if (path == "/error") return channel.write(with_body(number % 3 == 0 ? 500 : 200, "maybe")) && keep;
    if (path == "/status") return channel.write(with_body(status_, "status")) && keep;
    if (path == "/close") return false;
    if (path == "/once") return channel.write(with_body(200, "once")) && false;
    if (path == "/goodbye") return channel.write(with_body(200, "bye", "Connection: close\r\n")) && false;
    if (path == "/cut") return channel.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") && false;
    if (path == "/stall") {
        channel.stall();
        return false;
    }
    if (path == "/slow") {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        return channel.write(with_body(200, "slow")) && keep;
    }
    if (path == "/early") {
        return channel.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n") &&
               channel.write(with_body(200, "late")) && keep;
    }
    if (path == "/large") return channel.write(with_body(200, std::string(std::size_t{4} << 20U, 'x'))) && keep;
    if (path == "/chunked") {
        return channel.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n") &&
               keep;
    }
    if (head) return channel.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") && keep;
    return channel.write(with_body(200, "hello")) && keep;
}

}  // namespace callgate::tests
