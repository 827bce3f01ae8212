#include "scenarios/tls/context.h"

#include "scenarios/wording.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <utility>

namespace callgate::scenarios::tls {

namespace {

std::string path_in(const std::string& directory, const std::string& name) {
    return (std::filesystem::path{directory} / name).string();
}

core::Unexpected cannot(const std::string& doing) {
    return core::fail(fmt::format("cannot {}: {}", doing, last_failure()));
}

std::string wire_format(const std::vector<std::string>& protocols) {
    std::string all;
    for (const auto& protocol : protocols) all += static_cast<char>(protocol.size()) + protocol;
    return all;
}

core::Status load_files(SSL_CTX* context, const Settings& settings, const std::string& directory) {
    if (!settings.authority.empty()) {
        const auto path = path_in(directory, settings.authority);
        if (::SSL_CTX_load_verify_file(context, path.c_str()) != 1) {
            return cannot(fmt::format("read certificates to verify with from '{}'", path));
        }
    } else if (settings.verify) {
        ::SSL_CTX_set_default_verify_paths(context);
    }
    if (settings.certificate.empty()) return {};
    const auto certificate = path_in(directory, settings.certificate);
    if (::SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return cannot(fmt::format("read a certificate from '{}'", certificate));
    }
    const auto key = path_in(directory, settings.key);
    if (::SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return cannot(fmt::format("use the key in '{}' with the certificate in '{}'", key, certificate));
    }
    return {};
}

}  // namespace

void ContextDeleter::operator()(ssl_ctx_st* context) const {
    ::SSL_CTX_free(context);
}

core::Result<Context> make_context(const Settings& settings, const std::string& directory) {
    ::ERR_clear_error();
    Context context{::SSL_CTX_new(::TLS_client_method())};
    if (!context) return cannot("make a TLS client");
    if (settings.version != Version::any) {
        const int number = settings.version == Version::v1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
        ::SSL_CTX_set_min_proto_version(context.get(), number);
        ::SSL_CTX_set_max_proto_version(context.get(), number);
    }
    if (!settings.ciphers.empty() && ::SSL_CTX_set_cipher_list(context.get(), settings.ciphers.c_str()) != 1) {
        return cannot(fmt::format("offer '{}'", settings.ciphers));
    }
    if (!settings.suites.empty() && ::SSL_CTX_set_ciphersuites(context.get(), settings.suites.c_str()) != 1) {
        return cannot(fmt::format("offer '{}'", settings.suites));
    }
    const auto protocols = wire_format(settings.alpn);
    if (!protocols.empty() &&
        ::SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                                  static_cast<unsigned>(protocols.size())) != 0) {
        return cannot("offer protocols");
    }
    ::SSL_CTX_set_verify(context.get(), settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    ::SSL_CTX_set_post_handshake_auth(context.get(), settings.certificate.empty() ? 0 : 1);
    if (auto loaded = load_files(context.get(), settings, directory); !loaded) return core::fail(loaded.error());
    return context;
}

void set_host(ssl_st* connection, const Settings& settings, const std::string& host, bool is_address) {
    const auto name = settings.server_name.empty() && !is_address ? host : settings.server_name;
    // The macro for this casts away const in the old style.
    if (!name.empty()) {
        ::SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                   const_cast<char*>(name.c_str()));
    }
    if (!settings.verify) return;
    if (name.empty()) {
        ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(connection), host.c_str());
    } else {
        ::SSL_set1_host(connection, name.c_str());
    }
}

std::string chosen_protocol(const ssl_st* connection) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    ::SSL_get0_alpn_selected(connection, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

bool knows_ciphers(const std::string& name) {
    const Context context{::SSL_CTX_new(::TLS_client_method())};
    const bool known =
        !name.empty() && (name.starts_with("TLS_") ? ::SSL_CTX_set_ciphersuites(context.get(), name.c_str()) == 1
                                                   : ::SSL_CTX_set_cipher_list(context.get(), name.c_str()) == 1);
    ::ERR_clear_error();
    return known;
}

std::string failure_text(unsigned long number) {
    const char* reason = ERR_SYSTEM_ERROR(number) ? nullptr : ::ERR_reason_error_string(number);
    std::string text =
        reason != nullptr ? reason : core::system_error("system", static_cast<int>(ERR_GET_REASON(number))).message;
    return uncapitalised(std::move(text));
}

std::string last_failure() {
    const auto number = ::ERR_peek_error();
    ::ERR_clear_error();
    return number == 0 ? "no reason given" : failure_text(number);
}

}  // namespace callgate::scenarios::tls
