#include "harness/engine/program.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>
#include <sstream>

namespace callgate::engine {

namespace {

namespace fs = std::filesystem;

bool executable(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

core::Result<std::string> find_program(const std::string& name, const std::map<std::string, std::string>& environment,
                                       const std::string& directory) {
    if (name.find('/') != std::string::npos) {
        const fs::path path = fs::path{directory} / name;  // an absolute name replaces the directory
        if (executable(path)) return path.string();
        return core::fail(fmt::format("'{}' is not an executable file", path.string()));
    }
    const auto path = environment.find("PATH");
    const std::string places = path == environment.end() ? std::string{} : path->second;
    std::istringstream stream{places};
    for (std::string place; std::getline(stream, place, ':');) {
        // A relative place is seen from where the program will run.
        const auto candidate = fs::path{directory} / (place.empty() ? "." : place) / name;
        if (executable(candidate)) return candidate.string();
    }
    return core::fail(fmt::format("no program '{}' in PATH ({}); install it or give its path", name,
                                  places.empty() ? "which is empty" : places));
}

}  // namespace callgate::engine
