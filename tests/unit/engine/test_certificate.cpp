#include "harness/engine/certificate.h"

#include <catch2/catch.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

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
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

Memory memory(const std::string& text) {
    return Memory{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

Certificate certificate_of(const PemPair& pair) {
    return Certificate{PEM_read_bio_X509(memory(pair.certificate).get(), nullptr, nullptr, nullptr)};
}

PemPair made(const std::string& name) {
    auto pair = self_signed(name);
    REQUIRE(pair);
    return std::move(*pair);
}

}  // namespace

TEST_CASE("a self-signed certificate verifies with its own key and matches it", "[engine]") {
    const auto pair = made("demo.test");
    const auto certificate = certificate_of(pair);
    const Key key{PEM_read_bio_PrivateKey(memory(pair.key).get(), nullptr, nullptr, nullptr)};
    REQUIRE(certificate);
    REQUIRE(key);
    CHECK(X509_check_private_key(certificate.get(), key.get()) == 1);
    CHECK(X509_verify(certificate.get(), key.get()) == 1);
    CHECK(EVP_PKEY_get_bits(key.get()) == 256);
    CHECK(X509_get_version(certificate.get()) == X509_VERSION_3);
    CHECK(X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())) == 0);
}

TEST_CASE("a self-signed certificate is for its name and the loopback addresses only", "[engine]") {
    const auto certificate = certificate_of(made("demo.test"));
    REQUIRE(certificate);
    CHECK(X509_check_host(certificate.get(), "demo.test", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(certificate.get(), "other.test", 0, 0, nullptr) == 0);
    CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0) == 1);
    CHECK(X509_check_ip_asc(certificate.get(), "::1", 0) == 1);
    CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.2", 0) == 0);
}

TEST_CASE("a self-signed certificate is valid now and not for long", "[engine]") {
    const auto certificate = certificate_of(made("localhost"));
    REQUIRE(certificate);
    CHECK(X509_cmp_current_time(X509_get0_notBefore(certificate.get())) < 0);
    CHECK(X509_cmp_current_time(X509_get0_notAfter(certificate.get())) > 0);
    int days = 0;
    int seconds = 0;
    REQUIRE(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate.get()),
                           X509_get0_notAfter(certificate.get())) == 1);
    CHECK(days == 1);
    CHECK(seconds == 3600);
}

TEST_CASE("each self-signed certificate has a key and a number of its own", "[engine]") {
    const auto one = made("localhost");
    const auto other = made("localhost");
    CHECK(one.key != other.key);
    CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(certificate_of(one).get()),
                           X509_get0_serialNumber(certificate_of(other).get())) != 0);
}

TEST_CASE("a name that is too long for a certificate is told", "[engine]") {
    const std::string name(65, 'a');  // ub-common-name, RFC 5280
    const auto pair = self_signed(name);
    REQUIRE_FALSE(pair);
    CHECK(pair.error().message.find("cannot make a certificate for '" + name + "': ") == 0);
}

}  // namespace callgate::engine
