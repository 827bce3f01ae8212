#pragma once

#include <chrono>
#include <string>

namespace callgate::demo {

/// What the config file says; read again on SIGHUP.
struct Config {
    std::string greeting = "hello";
    std::chrono::seconds idle_timeout{60};
};

/// Lines of key=value; blank lines and lines that begin with # are skipped. An empty path gives the defaults.
/// Throws InputError for what is written wrongly, std::system_error when the file cannot be read.
Config read_config(const std::string& path);

}  // namespace callgate::demo
