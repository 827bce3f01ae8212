#include "harness/engine/certificate.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace callgate::engine {

namespace {

template <auto Function>
struct Deleter {
    template <typename T>
    void operator()(T* object) const {
        Function(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr long kBackdated = -3600;  ///< clocks differ
constexpr long kDay = 24L * 3600;

core::Unexpected openssl_failure(std::string_view doing) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    return core::fail(fmt::format("cannot {}: {}", doing, text.data()));
}

std::string text_of(const Memory& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

bool fill_in(X509* certificate, EVP_PKEY* key, const std::string& common_name) {
    std::uint64_t serial = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.c_str());
    const auto alternatives = fmt::format("DNS:{},IP:127.0.0.1,IP:::1", common_name);
    const Extension extension{X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternatives.c_str())};
    return extension && X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1U) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), kBackdated) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), kDay) != nullptr &&
           X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1 && X509_add_ext(certificate, extension.get(), -1) == 1 &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

core::Result<PemPair> self_signed(const std::string& common_name) {
    const Key key{EVP_EC_gen("P-256")};
    if (!key) return openssl_failure("make a private key");
    const Certificate certificate{X509_new()};
    if (!certificate || !fill_in(certificate.get(), key.get(), common_name)) {
        return openssl_failure(fmt::format("make a certificate for '{}'", common_name));
    }
    const Memory certificate_text{BIO_new(BIO_s_mem())};
    const Memory key_text{BIO_new(BIO_s_mem())};
    if (PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
        PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return openssl_failure("write a certificate");
    }
    return PemPair{text_of(certificate_text), text_of(key_text)};
}

}  // namespace callgate::engine
