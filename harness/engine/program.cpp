#include "harness/engine/program.h"

#include <fmt/format.h>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
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

core::Result<ports::Identity> find_user(const std::string& name) {
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    uid_t uid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), uid);
    if (error == std::errc{} && end == name.data() + name.size()) {
        // setresuid(2) takes -1 for "leave it as it is": the workload would keep callgate's own user.
        if (uid == static_cast<uid_t>(-1)) return core::fail(fmt::format("{} is not the id of a user", name));
        ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
        if (found == nullptr) return ports::Identity{uid, uid, {}};
    } else {
        ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
        if (found == nullptr) return core::fail(fmt::format("no user '{}' on this host", name));
    }
    ports::Identity identity{found->pw_uid, found->pw_gid, {}};
    int count = 64;
    identity.groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(found->pw_name, found->pw_gid, identity.groups.data(), &count) < 0) {
        identity.groups.resize(static_cast<std::size_t>(count));
        ::getgrouplist(found->pw_name, found->pw_gid, identity.groups.data(), &count);
    }
    identity.groups.resize(static_cast<std::size_t>(count));
    return identity;
}

}  // namespace callgate::engine
