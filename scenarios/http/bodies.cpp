#include "scenarios/http/bodies.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

namespace callgate::scenarios::http {

namespace {

constexpr std::size_t kShortestId = 8;
/// Where the hyphens of a UUID stand (RFC 4122 section 3).
constexpr std::string_view kUuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

// Not isdigit and its like: a byte of a body may be anything, and this is done for every one of them.
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool begins_with_uuid(std::string_view text) {
    if (text.size() < kUuid.size()) return false;
    for (std::size_t i = 0; i < kUuid.size(); ++i) {
        if (kUuid[i] == '-' ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

/// Appends a run of hexadecimal digits, which may be an id, a number, or letters of a word with numbers in it.
void append_run(std::string& out, std::string_view run) {
    const bool id = run.size() >= kShortestId && std::any_of(run.begin(), run.end(), is_digit);
    if (id) {
        out += '0';
        return;
    }
    for (std::size_t at = 0; at < run.size(); ++at) {
        if (!is_digit(run[at])) {
            out += run[at];
        } else if (at == 0 || !is_digit(run[at - 1])) {
            out += '0';
        }
    }
}

std::string replace_all(std::string_view text, const std::string& what, std::string_view with) {
    std::string out;
    while (true) {
        const auto at = text.find(what);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += with;
        text.remove_prefix(at + what.size());
    }
}

std::string digest(std::string_view text) {
    constexpr std::size_t kShown = 8;
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
    ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
    return fmt::format("{:02x}", fmt::join(bytes.begin(), bytes.begin() + kShown, ""));
}

std::string in_words(std::string_view kept, std::uint64_t size, const std::string& directory) {
    // The beginning of a longer body would end elsewhere in a run with longer numbers.
    if (kept.size() < size) return fmt::format("more than {} bytes", kept.size());
    const auto text = without_accidents(kept, directory);
    return fmt::format("{} byte{}, {}", text.size(), text.size() == 1 ? "" : "s", digest(text));
}

}  // namespace

std::string without_accidents(std::string_view body, const std::string& directory) {
    std::string replaced;
    // "/" is not a directory of the workload's own.
    if (directory.size() > 1 && body.find(directory) != std::string_view::npos) {
        replaced = replace_all(body, directory, "${workdir}");
        body = replaced;
    }
    std::string out;
    out.reserve(body.size());
    for (std::size_t at = 0; at < body.size();) {
        if (!is_hex(body[at])) {
            out += body[at++];
        } else if (begins_with_uuid(body.substr(at))) {
            out += '0';
            at += kUuid.size();
        } else {
            const auto begin = at;
            while (at < body.size() && is_hex(body[at])) ++at;
            append_run(out, body.substr(begin, at - begin));
        }
    }
    return out;
}

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
