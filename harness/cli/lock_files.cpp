#include "harness/cli/lock_files.h"

#include "harness/cli/command.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <gnu/libc-version.h>
#include <sys/utsname.h>

#include <ctime>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

/// Debian's packages: each has a list of its files (dpkg-query(1), "Files"), and all are in one status file.
constexpr const char* kLists = "/var/lib/dpkg/info";
constexpr const char* kStatus = "/var/lib/dpkg/status";
constexpr std::size_t kLargestProgram = 512'000'000;

/// A file below /usr may be listed where it was before /usr was merged.
std::set<std::string> listed_as(const std::string& path) {
    std::set<std::string> names{path};
    if (path.rfind("/usr/", 0) == 0) names.insert(path.substr(4));
    return names;
}

std::string package_that_lists(const std::string& path) {
    const auto names = listed_as(path);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{kLists, error}) {
        if (entry.path().extension() != ".list") continue;
        std::ifstream list{entry.path()};
        for (std::string line; std::getline(list, line);) {
            if (names.count(line) != 0) return entry.path().stem();
        }
    }
    return {};
}

/// "nginx-light 1.22.1-9"; "" where no package has the file.
std::string package_of(const std::string& path) {
    auto package = package_that_lists(path);
    package = package.substr(0, package.find(':'));  // libc6:amd64
    if (package.empty()) return {};
    std::ifstream status{kStatus};
    bool found = false;
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("Package: ", 0) == 0) found = line.substr(9) == package;
        if (found && line.rfind("Version: ", 0) == 0) return fmt::format("{} {}", package, line.substr(9));
    }
    return package;
}

}  // namespace

fs::path lock_path(const fs::path& profile) {
    auto path = profile;
    return path.replace_extension(".lock.json");
}

profiles::Lock lock_of_host() {
    profiles::Lock lock;
    utsname host{};
    ::uname(&host);
    lock.recorded_at = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::time(nullptr)));
    lock.callgate = version();
    lock.kernel = host.release;
    lock.libc = fmt::format("glibc {}", ::gnu_get_libc_version());
    return lock;
}

std::vector<profiles::LockedProgram> programs_of(const model::Evidence& evidence) {
    std::set<std::string> paths;
    for (const auto& call : evidence.calls) paths.insert(call.executables.begin(), call.executables.end());
    std::vector<profiles::LockedProgram> programs;
    for (const auto& path : paths) {
        const auto bytes = core::read_file(path, kLargestProgram);
        std::error_code error;
        const auto real = fs::canonical(path, error);
        programs.push_back(
            {path, bytes ? core::sha256(*bytes) : std::string{}, error ? std::string{} : package_of(real.string())});
    }
    return programs;
}

std::optional<profiles::Lock> load_lock(const fs::path& path, core::Diagnostics& diagnostics) {
    auto text = core::read_file(path);
    if (!text) {
        diagnostics.error({}, "lock: " + text.error().message, "`callgate record` writes it beside the profile");
        return std::nullopt;
    }
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{path.string(), std::move(*text)});
    return profiles::read_lock(source, diagnostics);
}

}  // namespace callgate::cli
