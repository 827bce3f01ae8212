#pragma once

#include "harness/core/result.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace callgate::core {

/// No input of callgate is larger (facts: a profile is kilobytes); a larger one is refused, never cut.
constexpr std::size_t kLargestInput = std::size_t{4} * 1024 * 1024;

/// The whole of a regular file (or a pipe) of at most `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit = kLargestInput);

/// The last `limit` bytes of a file, from a line's start where one is near; "" when it cannot be read.
std::string read_tail(const std::filesystem::path& path, std::size_t limit);

/// Writes beside `path`, flushes and renames: a reader sees the old file or the whole new one, never a part.
Status write_file(const std::filesystem::path& path, std::string_view text);

/// A directory of its own below the system's temporary one, removed with everything in it when it goes.
class TempDir {
public:
    static Result<TempDir> make(std::string_view prefix);
    TempDir(TempDir&& other) noexcept;
    TempDir& operator=(TempDir&& other) noexcept;
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Leaves the directory where it is; for a person who wants to look.
    void keep() { path_.clear(); }

private:
    explicit TempDir(std::filesystem::path path) : path_{std::move(path)} {}
    void remove() noexcept;
    std::filesystem::path path_;
};

}  // namespace callgate::core
