#include "harness/core/files.h"

#include "harness/core/unique_fd.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace callgate::core {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kFileMode = 0644;

std::string quoted(const fs::path& path) {
    return fmt::format("'{}'", path.string());
}

Status write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(system_error("cannot write", errno));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd) return fail(system_error("cannot open " + quoted(path), errno));
    std::string text;
    std::array<char, 65536> buffer;
    while (true) {
        const auto count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(system_error("cannot read " + quoted(path), errno));
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > limit) return fail(fmt::format("{} is larger than {} bytes", quoted(path), limit));
    }
}

std::string read_tail(const fs::path& path, std::size_t limit) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd) return {};
    const auto size = ::lseek(fd.get(), 0, SEEK_END);
    if (size <= 0) return {};
    const auto start = static_cast<std::size_t>(size) > limit ? size - static_cast<off_t>(limit) : 0;
    std::string text(static_cast<std::size_t>(size - start), '\0');
    const auto count = ::pread(fd.get(), text.data(), text.size(), start);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (start > 0) {
        const auto line = text.find('\n');
        if (line != std::string::npos && line + 1 < text.size()) text.erase(0, line + 1);
    }
    return text;
}

Status write_file(const fs::path& path, std::string_view text) {
    const auto temporary = fs::path{path}.concat(fmt::format(".{}.tmp", ::getpid()));
    ::unlink(temporary.c_str());
    UniqueFd fd{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode)};
    if (!fd) return fail(system_error("cannot create " + quoted(temporary), errno));
    auto written = write_all(fd.get(), text);
    if (written && ::fsync(fd.get()) != 0) written = fail(system_error("cannot flush", errno));
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = fail(system_error("cannot rename", errno));
    if (written) return {};
    ::unlink(temporary.c_str());
    return fail(written.error().context(quoted(path)));
}

Result<TempDir> TempDir::make(std::string_view prefix) {
    std::error_code error;
    auto base = fs::temp_directory_path(error);
    if (error) return fail("no temporary directory: " + error.message() + "; set TMPDIR to one that is writable");
    auto pattern = (base / fmt::format("{}.XXXXXX", prefix)).string();
    if (::mkdtemp(pattern.data()) == nullptr)
        return fail(system_error("cannot make " + quoted(fs::path{pattern}), errno));
    return TempDir{fs::path{pattern}};
}

TempDir::TempDir(TempDir&& other) noexcept : path_{std::exchange(other.path_, {})} {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
    }
    return *this;
}

TempDir::~TempDir() {
    remove();
}

void TempDir::remove() noexcept {
    if (path_.empty()) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace callgate::core
