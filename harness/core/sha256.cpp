#include "harness/core/sha256.h"

#include "harness/core/result.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace callgate::core {

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const int done = ::EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, ::EVP_sha256(), nullptr);
    ensure(done == 1, "OpenSSL cannot compute SHA-256");
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest.at(i));
    return text;
}

}  // namespace callgate::core
