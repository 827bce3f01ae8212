#include "harness/demo/config.h"

#include "harness/demo/durable_file.h"
#include "harness/demo/options.h"

#include <cstddef>
#include <string_view>

namespace callgate::demo {
namespace {

void assign(Config& config, std::string_view line, const std::string& place) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) throw InputError(place + "expected key=value");
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (key == "greeting") {
        config.greeting = value;
    } else if (key == "idle-timeout") {
        const auto seconds = parse_number(value, 1, 3600);
        if (!seconds) throw InputError(place + "idle-timeout is not a number of seconds from 1 to 3600");
        config.idle_timeout = std::chrono::seconds(*seconds);
    } else {
        throw InputError(place + "'" + std::string(key) + "' is not a key; keys are greeting and idle-timeout");
    }
}

}  // namespace

Config read_config(const std::string& path) {
    Config config;
    if (path.empty()) return config;
    const std::string text = read_file(path);
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        if (line.empty() || line.front() == '#') continue;
        assign(config, line, path + ":" + std::to_string(number) + ": ");
    }
    return config;
}

}  // namespace callgate::demo
