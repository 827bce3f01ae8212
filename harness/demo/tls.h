#pragma once

#include "harness/demo/ticket_keys.h"

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace callgate::demo {

/// A server context for TLS 1.2 and 1.3 that allows clients to renegotiate and update keys. Throws InputError when
/// the certificate or key cannot be used, std::system_error when a file cannot be read.
std::shared_ptr<SSL_CTX> make_tls_context(const std::string& certificate, const std::string& key, TicketKeys& tickets);

/// What OpenSSL last complained about on this thread, and forgets it.
std::string tls_error();

}  // namespace callgate::demo
