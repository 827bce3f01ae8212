#include "harness/demo/durable_file.h"

#include "harness/demo/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace callgate::demo {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20;

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

void write_all(int fd, std::string_view contents, const std::string& path) {
    while (!contents.empty()) {
        const ssize_t written = ::write(fd, contents.data(), contents.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(errno, "cannot write " + path);
        contents.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

std::string read_file(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) fail(errno, "cannot open " + path);
    std::string contents;
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(errno, "cannot read " + path);
        if (got == 0) return contents;
        contents.append(buffer.data(), static_cast<std::size_t>(got));
        if (contents.size() > kLargestFile) fail(EFBIG, "cannot read " + path);
    }
}

void replace_file(const std::string& path, std::string_view contents, mode_t mode, Durability durability) {
    const std::string temporary = path + ".new";
    {
        const UniqueFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (!file) fail(errno, "cannot create " + temporary);
        write_all(file.get(), contents, temporary);
        // Without this the rename may reach the disk before the contents do.
        if (::fdatasync(file.get()) != 0) fail(errno, "cannot flush " + temporary);
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) fail(errno, "cannot rename " + temporary);
    if (durability == Durability::contents) return;
    // The new name is a change of the directory, which has its own buffers.
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const UniqueFd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto flush = durability == Durability::file_system ? ::syncfs : ::fsync;
    if (!directory || flush(directory.get()) != 0) fail(errno, "cannot flush directory " + folder);
}

}  // namespace callgate::demo
