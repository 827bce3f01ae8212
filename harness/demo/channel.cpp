#include "harness/demo/channel.h"

#include <openssl/err.h>

#include <sys/socket.h>

#include <cerrno>
#include <limits>
#include <stdexcept>

namespace callgate::demo {
namespace {

using State = Transfer::State;

Transfer plain_result(ssize_t result, State when_blocked) {
    if (result > 0) return {State::moved, static_cast<std::size_t>(result)};
    if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {when_blocked};
    return {State::closed};
}

int clamp(std::size_t size) {
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    return static_cast<int>(size < kMost ? size : kMost);
}

}  // namespace

Channel::Channel(UniqueFd socket, SSL_CTX& context) : socket_(std::move(socket)), ssl_(SSL_new(&context), &SSL_free) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.get()) != 1) throw std::runtime_error("cannot set up a TLS connection");
    SSL_set_accept_state(ssl_.get());
    SSL_set_msg_callback(ssl_.get(), &Channel::observe);
    SSL_set_msg_callback_arg(ssl_.get(), this);
}

Channel::~Channel() {
    say_goodbye();
}

// Without it a TLS client cannot tell the end from an attack.
void Channel::say_goodbye() {
    // After an error OpenSSL must not be asked for it, and during a handshake it cannot.
    if (!ssl_ || broken_ || !established_ || said_goodbye_) return;
    said_goodbye_ = true;
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

Transfer Channel::read(std::span<char> buffer) {
    if (!ssl_) return plain_result(::recv(fd(), buffer.data(), buffer.size(), 0), State::want_read);
    ERR_clear_error();
    const Transfer transfer = tls_result(SSL_read(ssl_.get(), buffer.data(), clamp(buffer.size())));
    if (SSL_is_init_finished(ssl_.get()) == 1) established_ = true;
    return transfer;
}

Transfer Channel::write(std::string_view bytes) {
    if (!ssl_) return plain_result(::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL), State::want_write);
    ERR_clear_error();
    return tls_result(SSL_write(ssl_.get(), bytes.data(), clamp(bytes.size())));
}

Transfer Channel::tls_result(int result) {
    if (result > 0) return {State::moved, static_cast<std::size_t>(result)};
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {State::want_read};
        case SSL_ERROR_WANT_WRITE:
            return {State::want_write};
        case SSL_ERROR_ZERO_RETURN:
            return {State::closed};
        default:
            broken_ = true;
            return {State::closed};
    }
}

bool Channel::half_close() {
    say_goodbye();
    return ::shutdown(fd(), SHUT_WR) == 0 || errno == ENOTCONN;
}

bool Channel::request_key_update() {
    if (!ssl_ || SSL_version(ssl_.get()) != TLS1_3_VERSION) return false;
    if (SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) != 1) return false;
    ++awaited_updates_;
    return true;
}

int Channel::take_client_rekeys() {
    return std::exchange(client_rekeys_, 0);
}

void Channel::observe(int sent, int, int type, const void* data, std::size_t size, SSL* ssl, void* channel) {
    auto& self = *static_cast<Channel*>(channel);
    if (sent != 0 || type != SSL3_RT_HANDSHAKE || size == 0 || !self.established_) return;
    const unsigned char message = *static_cast<const unsigned char*>(data);
    if (message == SSL3_MT_KEY_UPDATE) {
        if (self.awaited_updates_ > 0) {
            --self.awaited_updates_;  // the answer to ours
        } else {
            ++self.client_rekeys_;
        }
    } else if (message == SSL3_MT_FINISHED && SSL_version(ssl) == TLS1_2_VERSION) {
        ++self.client_rekeys_;  // a renegotiation
    }
}

}  // namespace callgate::demo
