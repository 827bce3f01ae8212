#include "harness/demo/ticket_keys.h"

#include "harness/demo/descriptor.h"
#include "harness/demo/durable_file.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace callgate::demo {
namespace {

constexpr mode_t kKeyFileMode = 0600;

/// Held while the key file changes, against other servers with the same state directory.
UniqueFd lock_key_file(const std::string& path) {
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kKeyFileMode));
    // A worker must not wait for a stranger, hence LOCK_NB.
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot lock " + path);
    }
    return lock;
}

}  // namespace

TicketKeys::TicketKeys(const std::string& state_directory)
    : path_(state_directory + "/ticket.key"), lock_path_(state_directory + "/ticket.lock"), current_(make_key()) {
    if (::access(path_.c_str(), F_OK) != 0) return;
    const std::string saved = read_file(path_);
    if (saved.size() != sizeof(Key)) throw std::runtime_error(path_ + " is not a ticket key");
    std::memcpy(&current_, saved.data(), sizeof(Key));
}

TicketKeys::Key TicketKeys::make_key() {
    Key key{};
    auto* const bytes = reinterpret_cast<unsigned char*>(&key);
    if (RAND_bytes(bytes, static_cast<int>(sizeof key)) != 1)
        throw std::runtime_error("no randomness for a ticket key");
    return key;
}

void TicketKeys::rotate() {
    const std::lock_guard one_at_a_time(rotating_);
    const UniqueFd file_lock = lock_key_file(lock_path_);
    const Key fresh = make_key();
    replace_file(path_, {reinterpret_cast<const char*>(&fresh), sizeof fresh}, kKeyFileMode, Durability::contents);
    const std::lock_guard lock(mutex_);
    previous_ = current_;
    current_ = fresh;
}

TicketKeys::Key TicketKeys::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

std::optional<TicketKeys::Key> TicketKeys::find(const unsigned char* name) const {
    const std::lock_guard lock(mutex_);
    const auto named = [&](const Key& key) { return std::equal(key.name.begin(), key.name.end(), name); };
    if (named(current_)) return current_;
    if (previous_ && named(*previous_)) return previous_;
    return std::nullopt;
}

void TicketKeys::install(SSL_CTX& context) {
    SSL_CTX_set_app_data(&context, this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(&context, &TicketKeys::seal_or_open);
}

// The contract is in SSL_CTX_set_tlsext_ticket_key_evp_cb(3): negative for an error, 0 for an unknown key, 1 for good,
// 2 for good but due to be replaced.
int TicketKeys::seal_or_open(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                             int sealing) {
    const auto* const keys = static_cast<const TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    std::optional<Key> key = sealing != 0 ? keys->current() : keys->find(name);
    if (!key) return 0;
    if (sealing != 0) {
        if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return -1;
        std::copy(key->name.begin(), key->name.end(), name);
    }
    char digest[] = "sha256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->seal.data(), key->seal.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_MAC_CTX_set_params(mac, parameters) != 1) return -1;
    if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv, sealing) != 1) return -1;
    return sealing != 0 || key->name == keys->current().name ? 1 : 2;
}

}  // namespace callgate::demo
