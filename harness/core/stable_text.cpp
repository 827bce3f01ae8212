#include "harness/core/stable_text.h"

#include <algorithm>
#include <cstddef>

namespace callgate::core {

namespace {

constexpr std::size_t kShortestId = 8;
/// Where the hyphens of a UUID stand (RFC 4122 section 3).
constexpr std::string_view kUuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

// Not isdigit and its like: a byte of a text may be anything, and this is done for every one of them.
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

std::string replace_all(std::string_view text, std::string_view what, std::string_view with) {
    std::string out;
    while (true) {
        const auto at = text.find(what);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += with;
        text.remove_prefix(at + what.size());
    }
}

}  // namespace

std::string stable_text(std::string_view text, std::string_view directory) {
    std::string replaced;
    // "/" is not a directory of the workload's own.
    if (directory.size() > 1 && text.find(directory) != std::string_view::npos) {
        replaced = replace_all(text, directory, "${workdir}");
        text = replaced;
    }
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (!is_hex(text[at])) {
            out += text[at++];
        } else if (begins_with_uuid(text.substr(at))) {
            out += '0';
            at += kUuid.size();
        } else {
            const auto begin = at;
            while (at < text.size() && is_hex(text[at])) ++at;
            append_run(out, text.substr(begin, at - begin));
        }
    }
    return out;
}

}  // namespace callgate::core
