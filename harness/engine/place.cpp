#include "harness/engine/place.h"

#include "harness/engine/certificate.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace callgate::engine {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kFileMode = 0644;
constexpr unsigned kKeyMode = 0600;
constexpr unsigned kDirectoryMode = 0755;

core::Status put_text(const fs::path& path, const std::string& text, unsigned mode) {
    auto written = core::write_file(path, text);
    if (written && ::chmod(path.c_str(), mode) != 0) return core::fail(core::system_error(path.string(), errno));
    return written;
}

core::Status put_certificate(const fs::path& directory, const std::string& common_name) {
    auto pair = self_signed(common_name);
    if (!pair) return core::fail(pair.error());
    fs::create_directories(directory);
    auto written = put_text(directory / "cert.pem", pair->certificate, kFileMode);
    return written ? put_text(directory / "key.pem", pair->key, kKeyMode) : written;
}

core::Status put_file(const fs::path& path, const ports::FileSpec& file) {
    const auto mode = [&](unsigned usual) { return file.mode != 0 ? file.mode : usual; };
    switch (file.kind) {
        case ports::FileSpec::Kind::certificate:
            return put_certificate(path, file.common_name);
        case ports::FileSpec::Kind::text:
            fs::create_directories(path.parent_path());
            return put_text(path, file.text, mode(kFileMode));
        case ports::FileSpec::Kind::directory:
        case ports::FileSpec::Kind::tmpfs:  // is mounted there already
            break;
    }
    fs::create_directories(path);
    if (::chmod(path.c_str(), mode(kDirectoryMode)) != 0) return core::fail(core::system_error(path.string(), errno));
    return {};
}

core::Status give_to(const fs::path& directory, const ports::Identity& identity) {
    const auto give = [&](const fs::path& path) { return ::lchown(path.c_str(), identity.uid, identity.gid) == 0; };
    bool given = give(directory);
    for (const auto& entry : fs::recursive_directory_iterator{directory}) given = given && give(entry.path());
    if (given) return {};
    return core::fail(core::system_error("cannot give the working directory to the workload's user", errno));
}

}  // namespace

core::Result<InstancePlace> InstancePlace::make() {
    auto root = core::TempDir::make("callgate");
    if (!root) return core::fail(root.error());
    InstancePlace place{std::move(*root)};
    std::error_code error;
    fs::create_directory(place.workdir(), error);
    // Servers that drop their privileges must still reach their files.
    for (const auto& directory : {place.root_.path(), place.workdir()}) {
        if (!error && ::chmod(directory.c_str(), kDirectoryMode) != 0) error = {errno, std::generic_category()};
    }
    if (error) return core::fail("cannot make a working directory: " + error.message());
    return place;
}

core::Status InstancePlace::put_files(const std::vector<ports::FileSpec>& files,
                                      const std::optional<ports::Identity>& identity) const {
    try {
        for (const auto& file : files) {
            auto put = put_file(workdir() / file.path, file);
            if (!put) return core::fail(put.error().context(fmt::format("workload file '{}'", file.path)));
        }
        return identity ? give_to(workdir(), *identity) : core::Status{};
    } catch (const fs::filesystem_error& error) {
        return core::fail(fmt::format("cannot put the workload's files in place: {}", error.what()));
    }
}

}  // namespace callgate::engine
