#pragma once

#include "harness/core/result.h"
#include "scenarios/tls/settings.h"

#include <memory>
#include <string>

// OpenSSL's, whose headers stay in the .cpp files.
struct ssl_ctx_st;
struct ssl_st;

namespace callgate::scenarios::tls {

struct ContextDeleter {
    void operator()(ssl_ctx_st* context) const;
};
using Context = std::unique_ptr<ssl_ctx_st, ContextDeleter>;

/// What OpenSSL makes a client's connections from. `directory` is where relative names of files begin. Fails when a
/// file cannot be read or a certificate and its key do not belong together.
core::Result<Context> make_context(const Settings& settings, const std::string& directory);

/// Sets the name that is asked for (SNI) and, where the certificate is verified, the one it must bear.
void set_host(ssl_st* connection, const Settings& settings, const std::string& host, bool is_address);

/// What the server chose of `alpn`, printable; "" when it chose none.
std::string chosen_protocol(const ssl_st* connection);

/// True when OpenSSL takes this as a cipher, or a list of them.
bool knows_ciphers(const std::string& name);

/// The last failure of this thread in OpenSSL's words, lowercase; it is forgotten then.
std::string last_failure();

/// The same of one of OpenSSL's error numbers.
std::string failure_text(unsigned long number);

}  // namespace callgate::scenarios::tls
