#include "harness/demo/http.h"

#include "harness/demo/options.h"

#include <algorithm>

namespace callgate::demo {
namespace {

constexpr std::size_t kLargestHead = 16384;
constexpr std::size_t kLargestBody = std::size_t{1} << 20;

bool same_word(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts off and returns what stands before `separator`; everything when it does not occur.
std::string_view cut(std::string_view& text, std::string_view separator) {
    const auto at = text.find(separator);
    const std::string_view before = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + separator.size());
    return before;
}

/// Only characters that may stand in the access log between quotes.
bool is_plain(std::string_view target) {
    return target.starts_with('/') &&
           std::ranges::all_of(target, [](char c) { return c > ' ' && c <= '~' && c != '"'; });
}

/// The status to refuse the request with, or 0.
int apply_header(Request& request, std::string_view name, std::string_view value) {
    if (same_word(name, "connection")) {
        if (same_word(value, "close")) request.keep_alive = false;
        if (same_word(value, "keep-alive")) request.keep_alive = true;
    } else if (same_word(name, "content-length")) {
        const auto size = parse_number(value, 0, kLargestBody);
        if (!size) return 413;
        request.body_size = *size;
    } else if (same_word(name, "transfer-encoding")) {
        return 501;
    }
    return 0;
}

Parsed bad(int status) {
    return {std::nullopt, BadRequest{status}};
}

}  // namespace

Parsed parse_request(std::string_view bytes) {
    const auto end = bytes.substr(0, kLargestHead).find("\r\n\r\n");
    if (end == std::string_view::npos) return bytes.size() >= kLargestHead ? bad(431) : Parsed{};
    std::string_view rest = bytes.substr(0, end);
    std::string_view line = cut(rest, "\r\n");
    Request request;
    request.head_size = end + 4;
    request.method = cut(line, " ");
    request.target = cut(line, " ");
    request.version = line;
    if (!is_plain(request.target)) return bad(400);
    if (request.version != "HTTP/1.1" && request.version != "HTTP/1.0") return bad(505);
    request.keep_alive = request.version == "HTTP/1.1";
    while (!rest.empty()) {
        std::string_view value = cut(rest, "\r\n");
        const std::string_view name = cut(value, ":");
        if (const int status = apply_header(request, name, trim(value)); status != 0) return bad(status);
    }
    if (request.method != "GET" && request.method != "HEAD") return bad(405);
    return {request, std::nullopt};
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        default:
            return "HTTP Version Not Supported";
    }
}

std::string format_response(const Response& response, bool head_only, bool keep_alive) {
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
    text.append(reason_phrase(response.status));
    text += "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(response.body.size());
    text += keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
    if (!head_only) text += response.body;
    return text;
}

}  // namespace callgate::demo
