#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace callgate::demo {

/// Something the user wrote cannot be used; the program ends with exit code 2.
class InputError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Options {
    enum class Action { serve, help, version };
    Action action = Action::serve;
    std::uint16_t http_port = 8080;
    std::uint16_t https_port = 8443;
    std::string certificate;
    std::string key;
    std::string state_directory;
    std::string access_log;  ///< `access.log` in the state directory unless given
    std::string config;      ///< empty: no config file
    std::size_t workers = 4;
    std::size_t heap_limit = std::size_t{512} << 20;
    std::size_t release = 1;  ///< the major version to behave as: the next one makes other system calls
};

extern const std::string_view kUsage;

/// Throws InputError. `heap_limit` is what DEMO_HEAP_LIMIT holds, or null; the option wins over it.
Options parse_options(int argc, const char* const* argv, const char* heap_limit);

/// A decimal number and nothing else, from `least` to `most`; nothing when it is not one.
std::optional<std::size_t> parse_number(std::string_view text, std::size_t least, std::size_t most);

}  // namespace callgate::demo
