#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace callgate::tests {

/// A small HTTP/1.1 server on loopback, a thread per connection. What it does depends on the path:
///   /        200 "hello"            /missing  404
///   /echo    200, the request       /error    500 on every third request, else 200
///   /status  status()               /close    closes without an answer
///   /once    200, then closes       /cut      half an answer, then closes
///   /stall   never answers          /early    100, 103, then 200
///   /goodbye 200 with Connection: close
///   /slow    200 after 20 ms
///   /large   200 with 4 MiB         /chunked  200 in chunks
class HttpServer {
public:
    enum class Tls { none, any };
    /// What a server with TLS does beyond a handshake.
    struct TlsOptions {
        bool renegotiation = false;       ///< the client may
        bool tickets = true;              ///< false: sessions are kept here and resumed by their id
        bool resumption = true;           ///< false: neither
        bool client_certificate = false;  ///< asked for, and a handshake without one fails
        bool postgres = false;            ///< TLS begins when the client asks for it as PostgreSQL has it
        std::string alpn;                 ///< chosen where the client offers it
        std::string ocsp;                 ///< sent as the certificate's status
    };

    explicit HttpServer(Tls tls = Tls::none);
    explicit HttpServer(const TlsOptions& options);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url(const std::string& path) const;

    /// What /status answers with from now on.
    void set_status(int status) { status_ = status; }

    [[nodiscard]] int requests() const { return requests_; }
    [[nodiscard]] int connections() const { return connections_; }
    /// Of the last handshake: "TLSv1.3".
    [[nodiscard]] std::string tls_version() const;
    /// The certificate of new connections, and its key, in PEM; "" without TLS.
    [[nodiscard]] std::string certificate() const;
    [[nodiscard]] std::string key() const;
    /// From now on another one, for `name`.
    void replace_certificate(const std::string& name);
    /// Its cipher, of the last handshake: "TLS_AES_256_GCM_SHA384".
    [[nodiscard]] std::string cipher() const;
    /// That the last client asked for.
    [[nodiscard]] std::string server_name() const;

private:
    struct TlsContext;
    class Channel;

    void accept_all();
    void serve(int fd);
    bool answer(Channel& channel, const std::string& request);

    void listen();

    std::unique_ptr<TlsContext> tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> status_{200};
    std::atomic<int> requests_{0};
    std::atomic<int> connections_{0};
    std::atomic<bool> ending_{false};
    mutable std::mutex mutex_;
    std::string tls_version_;
    std::string cipher_;
    std::string server_name_;
    std::vector<int> open_;
    std::vector<std::thread> workers_;
    std::thread acceptor_;
};

}  // namespace callgate::tests
