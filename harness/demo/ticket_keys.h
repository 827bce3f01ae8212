#pragma once

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace callgate::demo {

/// The keys that TLS session tickets are sealed with, shared by all workers and, through a file, by all servers that
/// have the same state directory. Any thread.
class TicketKeys {
public:
    /// Takes over the key that an earlier server left in the directory, or makes one. Throws std::runtime_error.
    explicit TicketKeys(const std::string& state_directory);

    /// Replaces the key, in the file first; tickets under the last one stay good. Throws std::runtime_error, and
    /// nothing has changed then.
    void rotate();

    /// Makes connections of this context use these keys, which must live longer than it.
    void install(SSL_CTX& context);

private:
    struct Key {
        std::array<unsigned char, 16> name;
        std::array<unsigned char, 32> seal;
        std::array<unsigned char, 32> cipher;
    };

    static Key make_key();
    static int seal_or_open(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                            int sealing);
    [[nodiscard]] Key current() const;
    [[nodiscard]] std::optional<Key> find(const unsigned char* name) const;

    std::string path_;
    std::string lock_path_;
    std::mutex rotating_;
    mutable std::mutex mutex_;
    Key current_;
    std::optional<Key> previous_;
};

}  // namespace callgate::demo
