#include "runners/stack/elf_files.h"

#include "runners/proc_task_view.h"

#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;

/// Larger files are programs with their whole debug information; they keep module and offset.
constexpr std::int64_t kLargestFile = std::int64_t{512} * 1024 * 1024;

std::string link_of(const std::string& path) {
    std::error_code error;
    return fs::read_symlink(path, error).string();
}

/// The file itself where the kernel hands it out (map_files wants CAP_CHECKPOINT_RESTORE), else by its path; a path
/// that is gone can still be that of the program, which /proc/PID/exe keeps.
std::pair<core::UniqueFd, std::string> open_behind(pid_t tid, const Mapping& mapping) {
    const auto path = as_seen_by(tid, mapping.path);
    auto fd = open_regular(fmt::format("/proc/{}/map_files/{:x}-{:x}", tid, mapping.begin, mapping.end));
    const auto exe = fmt::format("/proc/{}/exe", tid);
    if (!fd && link_of(exe) == mapping.path) fd = open_regular(exe);
    if (!fd) fd = open_regular(path);
    return {std::move(fd), path};
}

}  // namespace

ElfFile::ElfFile(core::UniqueFd fd, std::string path, std::shared_ptr<KnownNames> names)
    : fd_{std::move(fd)}, path_{std::move(path)}, names_{std::move(names)} {
    elf_version(EV_CURRENT);
    elf_ = elf_begin(fd_.get(), ELF_C_READ, nullptr);
}

ElfFile::ElfFile(std::string image) : image_{std::move(image)}, names_{std::make_shared<KnownNames>()} {
    elf_version(EV_CURRENT);
    if (!image_.empty()) elf_ = elf_memory(image_.data(), image_.size());
}

ElfFile::~ElfFile() {
    elf_end(elf_);
}

bool ElfFile::runs_on(Machine machine) const {
    GElf_Ehdr header{};
    return elf_ != nullptr && elf_kind(elf_) == ELF_K_ELF && gelf_getehdr(elf_, &header) != nullptr &&
           (header.e_type == ET_EXEC || header.e_type == ET_DYN) && header.e_machine == machine.number &&
           (gelf_getclass(elf_) == ELFCLASS64) == machine.wide;
}

std::optional<std::uint64_t> ElfFile::word(std::uint64_t offset, std::size_t size) const {
    std::uint64_t word = 0;
    size = std::min(size, sizeof word);
    if (::pread(fd_.get(), &word, size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size)) return std::nullopt;
    return word;
}

Elf* ElfFile::share() const {
    return elf_begin(-1, ELF_C_READ, elf_);
}

std::shared_ptr<const ElfFile> ElfFiles::open(pid_t tid, const Mapping& mapping) {
    if (mapping.path == "[vdso]") {
        return std::make_shared<ElfFile>(ProcTaskView{tid}.read(mapping.begin, mapping.end - mapping.begin));
    }
    auto [fd, path] = open_behind(tid, mapping);
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return nullptr;
    const Identity identity{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                            status.st_mtim.tv_nsec};
    std::erase_if(open_, [](const auto& entry) { return entry.second.expired(); });
    auto& known = open_[identity];
    if (auto file = known.lock()) return file;
    constexpr std::size_t kMostFiles = 1000;
    if (names_.size() >= kMostFiles) names_.clear();
    auto& names = names_[identity];
    if (!names) names = std::make_shared<KnownNames>();
    auto file = std::make_shared<const ElfFile>(std::move(fd), std::move(path), names);
    known = file;
    return file;
}

std::string bare_header(Machine machine) {
    const auto bytes = [&](auto header) {
        std::copy_n(ELFMAG, SELFMAG, header.e_ident);
        header.e_ident[EI_CLASS] = machine.wide ? ELFCLASS64 : ELFCLASS32;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_DYN;
        header.e_machine = machine.number;
        header.e_version = EV_CURRENT;
        header.e_ehsize = sizeof header;
        return std::string{reinterpret_cast<const char*>(&header), sizeof header};
    };
    return machine.wide ? bytes(Elf64_Ehdr{}) : bytes(Elf32_Ehdr{});
}

std::string as_seen_by(pid_t tid, const std::string& path) {
    // In our own mount namespace the kernel writes paths as we see them, also those of a process in a chroot.
    const bool ours = link_of(fmt::format("/proc/{}/ns/mnt", tid)) == link_of("/proc/self/ns/mnt");
    return ours ? path : fmt::format("/proc/{}/root{}", tid, path);
}

core::UniqueFd open_regular(const std::string& path) {
    const core::UniqueFd place{::open(path.c_str(), O_PATH | O_CLOEXEC)};
    struct stat status {};
    if (!place || ::fstat(place.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > kLargestFile) {
        return core::UniqueFd{};
    }
    return core::UniqueFd{::open(fmt::format("/proc/self/fd/{}", place.get()).c_str(), O_RDONLY | O_CLOEXEC)};
}

}  // namespace callgate::runners
