#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::demo {

/// The head of a request. The texts are views into the buffer that was parsed.
struct Request {
    std::string_view method;
    std::string_view target;
    std::string_view version;
    std::size_t head_size = 0;
    std::size_t body_size = 0;
    bool keep_alive = true;
};

struct Response {
    int status = 200;
    std::string body;
};

/// A request that is not one, or that this server does not serve: the connection ends after the answer.
struct BadRequest {
    int status = 400;
};

struct Parsed {
    std::optional<Request> request;  ///< both empty: more bytes are needed
    std::optional<BadRequest> bad;
};

/// Looks for the head of a request at the beginning of `bytes`.
Parsed parse_request(std::string_view bytes);

/// The bytes of an answer. `body` is left out for HEAD; its length is not.
std::string format_response(const Response& response, bool head_only, bool keep_alive);

std::string_view reason_phrase(int status);

}  // namespace callgate::demo
