#include "scenarios/strain.h"

#include "harness/core/unique_fd.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <stop_token>

namespace callgate::scenarios {

namespace {

constexpr std::uint64_t kLargestFileSystem = std::uint64_t{1} << 30;
constexpr std::size_t kBlock = std::size_t{64} * 1024;
constexpr auto kFillerName = "callgate-filler";

std::uint64_t space_left(const std::string& directory) {
    struct statvfs status {};
    return ::statvfs(directory.c_str(), &status) == 0 ? std::uint64_t{status.f_bavail} * status.f_frsize : 0;
}

/// Why the directory must not be filled, or "".
std::string objection(const std::string& directory, const std::string& shown, const std::string& around) {
    const auto remedy = fmt::format("give the workload one: files: [{{path: {}, tmpfs: 16MiB}}]", shown);
    struct stat own {};
    struct stat outer {};
    struct statvfs volume {};
    if (::stat(directory.c_str(), &own) != 0 || !S_ISDIR(own.st_mode)) {
        return fmt::format("there is no directory '{}' to fill, {}", shown, remedy);
    }
    if (::stat(around.c_str(), &outer) != 0 || own.st_dev == outer.st_dev) {
        return fmt::format("'{}' is no file system of its own, filling it would fill the host's: {}", shown, remedy);
    }
    if (::statvfs(directory.c_str(), &volume) != 0) return core::system_error(directory, errno).message;
    const auto size = std::uint64_t{volume.f_blocks} * volume.f_frsize;
    if (size <= kLargestFileSystem) return {};
    return fmt::format("'{}' is a file system of {} bytes, too large to be filled: {}", shown, size, remedy);
}

}  // namespace

core::Result<std::unique_ptr<Filler>> Filler::make(const std::string& directory, const std::string& path,
                                                   std::uint64_t leave) {
    const auto whole = path.starts_with('/') ? path : directory + "/" + path;
    auto why_not = objection(whole, path, directory);
    if (!why_not.empty()) return core::fail(std::move(why_not));
    auto filler = std::make_unique<Filler>(fmt::format("{}/{}", whole, kFillerName));
    const core::UniqueFd fd{::open(filler->file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!fd) return core::fail(core::system_error(fmt::format("cannot fill '{}'", path), errno));
    const std::vector<char> block(kBlock, '\0');
    while (true) {
        const auto left = space_left(whole);
        if (left <= leave) break;
        const auto count =
            ::write(fd.get(), block.data(), static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, left - leave)));
        if (count >= 0 || errno == EINTR) continue;
        if (errno == ENOSPC || errno == EDQUOT) break;
        return core::fail(core::system_error(fmt::format("cannot fill '{}'", path), errno));
    }
    return filler;
}

Filler::~Filler() {
    ::unlink(file_.c_str());
}

BusyThreads::BusyThreads(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        threads_.emplace_back([](const std::stop_token& stop) {
            std::atomic<std::uint64_t> turns{0};  // so that the loop is not taken away
            while (!stop.stop_requested()) turns.fetch_add(1, std::memory_order_relaxed);
        });
    }
}

}  // namespace callgate::scenarios
