#include "scenarios/http/bodies.h"

#include "harness/core/stable_text.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

namespace callgate::scenarios::http {

namespace {

std::string digest(std::string_view text) {
    constexpr std::size_t kShown = 8;
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
    ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
    return fmt::format("{:02x}", fmt::join(bytes.begin(), bytes.begin() + kShown, ""));
}

std::string in_words(std::string_view kept, std::uint64_t size, const std::string& directory) {
    // The beginning of a longer body would end elsewhere in a run with longer numbers.
    if (kept.size() < size) return fmt::format("more than {} bytes", kept.size());
    const auto text = core::stable_text(kept, directory);
    return fmt::format("{} byte{}, {}", text.size(), text.size() == 1 ? "" : "s", digest(text));
}

}  // namespace

void Bodies::add(std::string_view kept, std::uint64_t size) {
    some_empty_ = some_empty_ || size == 0;
    if (varying_) return;
    if (any_ && kept == last_ && kept.size() == size) return;
    auto words = in_words(kept, size, directory_);
    if (any_ && words != common_) {
        varying_ = true;
        return;
    }
    any_ = true;
    last_ = kept;
    common_ = std::move(words);
}

std::string Bodies::text() const {
    if (varying_) return some_empty_ ? "varying, some empty" : "varying, never empty";
    return common_;
}

}  // namespace callgate::scenarios::http
