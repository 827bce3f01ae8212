#pragma once

#include "harness/demo/descriptor.h"

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string_view>

namespace callgate::demo {

/// How an attempt to move bytes ended.
struct Transfer {
    enum class State { moved, want_read, want_write, closed };
    State state;
    std::size_t bytes = 0;
};

/// A client's byte stream, plain or TLS, over a non-blocking socket. One thread.
class Channel {
public:
    explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}

    /// Throws std::runtime_error when OpenSSL has no memory for it.
    Channel(UniqueFd socket, SSL_CTX& context);
    ~Channel();
    Channel(const Channel&) = delete;  // OpenSSL holds its address
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] bool is_tls() const { return ssl_ != nullptr; }

    /// Does the TLS handshake first when that is due.
    Transfer read(std::span<char> buffer);
    Transfer write(std::string_view bytes);

    /// Tells the client that nothing more will be sent; what it sends can still be read. False when that was refused,
    /// with errno set.
    bool half_close();

    /// Will ask the client for fresh traffic keys with the next write. False unless this is TLS 1.3.
    bool request_key_update();

    /// How often the client renegotiated or updated keys by itself since this was last asked.
    int take_client_rekeys();

private:
    void say_goodbye();
    static void observe(int sent, int version, int type, const void* data, std::size_t size, SSL* ssl, void* channel);
    Transfer tls_result(int result);

    UniqueFd socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
    bool established_ = false;
    bool broken_ = false;
    bool said_goodbye_ = false;
    int awaited_updates_ = 0;
    int client_rekeys_ = 0;
};

}  // namespace callgate::demo
