#include "runners/stack/debug_files.h"

#include "runners/stack/elf_files.h"

#include <elfutils/libdwelf.h>
#include <fmt/format.h>
#include <libelf.h>

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSystemFiles = "/usr/lib/debug/";

std::vector<std::string> candidates(std::span<const unsigned char> build_id, const fs::path& main_file,
                                    const std::string& link) {
    std::string id;
    for (const auto byte : build_id) id += fmt::format("{:02x}", byte);
    std::vector<std::string> paths;
    paths.push_back(fmt::format("{}.build-id/{}/{}.debug", kSystemFiles, id.substr(0, 2), id.substr(2)));
    if (link.empty()) return paths;
    // gdb's order ("Debugging Information in Separate Files"). An absolute or relative path is that of a dwz file.
    const auto directory = main_file.parent_path();
    paths.push_back((directory / link).lexically_normal().string());
    paths.push_back((directory / ".debug" / link).string());
    paths.push_back(fs::path{kSystemFiles} / directory.relative_path() / link);
    return paths;
}

bool has_build_id(int fd, std::span<const unsigned char> build_id) {
    elf_version(EV_CURRENT);
    Elf* const elf = elf_begin(fd, ELF_C_READ, nullptr);
    const void* bits = nullptr;
    const auto size = elf == nullptr ? 0 : dwelf_elf_gnu_build_id(elf, &bits);
    const auto* const bytes = static_cast<const unsigned char*>(bits);
    const bool same = size > 0 && std::equal(build_id.begin(), build_id.end(), bytes, bytes + size);
    elf_end(elf);
    return same;
}

core::UniqueFd copy_of(const core::UniqueFd& file) {
    core::UniqueFd copy{::memfd_create("debug", MFD_CLOEXEC)};
    struct stat status {};
    if (!copy || ::fstat(file.get(), &status) != 0) return core::UniqueFd{};
    off_t from = 0;
    while (from < status.st_size) {
        const auto left = static_cast<std::size_t>(status.st_size - from);
        if (::sendfile(copy.get(), file.get(), &from, left) <= 0) return core::UniqueFd{};
    }
    return copy;
}

}  // namespace

core::UniqueFd open_debug_file(std::span<const unsigned char> build_id, const std::string& main_file,
                               const std::string& link) {
    if (build_id.size() < 2) return core::UniqueFd{};
    for (const auto& path : candidates(build_id, main_file, link)) {
        auto file = open_regular(path);
        if (!file || !has_build_id(file.get(), build_id)) continue;
        return path.rfind(kSystemFiles, 0) == 0 ? std::move(file) : copy_of(file);
    }
    return core::UniqueFd{};
}

}  // namespace callgate::runners
