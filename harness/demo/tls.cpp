#include "harness/demo/tls.h"

#include "harness/demo/durable_file.h"
#include "harness/demo/options.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace callgate::demo {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio over(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

/// Without this OpenSSL asks for the passphrase on the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

void use_certificate(SSL_CTX& context, const std::string& path) {
    const std::string text = read_file(path);
    const Bio bio = over(text);
    const Certificate leaf(PEM_read_bio_X509(bio.get(), nullptr, &no_passphrase, nullptr), &X509_free);
    if (!leaf || SSL_CTX_use_certificate(&context, leaf.get()) != 1) {
        throw InputError("cannot use certificate " + path + ": " + tls_error());
    }
    for (;;) {
        const Certificate issuer(PEM_read_bio_X509(bio.get(), nullptr, &no_passphrase, nullptr), &X509_free);
        if (!issuer) break;
        SSL_CTX_add1_chain_cert(&context, issuer.get());
    }
    ERR_clear_error();  // the end of the file counts as an error
}

void use_key(SSL_CTX& context, const std::string& path) {
    const std::string text = read_file(path);
    const PrivateKey key(PEM_read_bio_PrivateKey(over(text).get(), nullptr, &no_passphrase, nullptr), &EVP_PKEY_free);
    if (!key || SSL_CTX_use_PrivateKey(&context, key.get()) != 1 || SSL_CTX_check_private_key(&context) != 1) {
        throw InputError("cannot use private key " + path + ": " + tls_error());
    }
}

}  // namespace

std::string tls_error() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

std::shared_ptr<SSL_CTX> make_tls_context(const std::string& certificate, const std::string& key, TicketKeys& tickets) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (!context) throw std::runtime_error("cannot set up TLS: " + tls_error());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Sessions live in tickets, so that a restart or a second server can resume them.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    constexpr std::array<unsigned char, 4> kSessionContext = {'d', 'e', 'm', 'o'};
    SSL_CTX_set_session_id_context(context.get(), kSessionContext.data(), kSessionContext.size());
    use_certificate(*context, certificate);
    use_key(*context, key);
    tickets.install(*context);
    return context;
}

}  // namespace callgate::demo
