#pragma once

#include "harness/core/unique_fd.h"
#include "runners/proc_maps.h"
#include "runners/stack/frame_start.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

// libelf's handle; its headers stay in .cpp files.
extern "C" struct Elf;

namespace callgate::runners {

/// What was found out about places in a file, by offset; of a frame, only symbol, file and line.
using KnownNames = std::unordered_map<std::uint64_t, model::StackFrame>;

/// One ELF image, open for reading. The workload may change or cut the file at any time, so it is read, never mapped:
/// what changes gives an error, not a SIGBUS.
class ElfFile {
public:
    /// A file; `path` is where this process finds it.
    ElfFile(core::UniqueFd fd, std::string path, std::shared_ptr<KnownNames> names);
    /// The bytes of one.
    explicit ElfFile(std::string image);
    ElfFile(const ElfFile&) = delete;
    ElfFile& operator=(const ElfFile&) = delete;
    ~ElfFile();

    /// True for a program or shared object that `machine` runs.
    [[nodiscard]] bool runs_on(Machine machine) const;
    /// The `size` bytes (at most 8) at an offset, as a number; none where they cannot be read.
    [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t offset, std::size_t size) const;
    /// One more reference to the handle, to be ended with elf_end() before this object goes.
    [[nodiscard]] Elf* share() const;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] KnownNames& names() const { return *names_; }

private:
    core::UniqueFd fd_;
    std::string image_;
    std::string path_;
    std::shared_ptr<KnownNames> names_;
    Elf* elf_ = nullptr;
};

/// The ELF files behind the mappings of processes. Each file is open once, however many processes map it, for as long
/// as somebody holds it; the names found in it stay known, since debug information is slow to read (unpacking that of
/// libc takes 80 ms) and the same places come again in other processes. For one thread.
class ElfFiles {
public:
    /// None when there is none to be had: gone, not a regular file, too large. `tid` is a live task of the process.
    std::shared_ptr<const ElfFile> open(pid_t tid, const Mapping& mapping);

private:
    using Identity = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
    std::map<Identity, std::weak_ptr<const ElfFile>> open_;
    std::map<Identity, std::shared_ptr<KnownNames>> names_;
};

/// An ELF header for that machine and nothing behind it: enough for libdwfl to know what it unwinds.
std::string bare_header(Machine machine);

/// `path` as a task sees it, for this process.
std::string as_seen_by(pid_t tid, const std::string& path);

/// Opens a regular file of bearable size for reading; never waits for the other end of a pipe, never wakes a device.
core::UniqueFd open_regular(const std::string& path);

}  // namespace callgate::runners
