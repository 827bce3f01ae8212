#pragma once

#include "runners/proc_maps.h"
#include "runners/stack/elf_files.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace callgate::runners {

/// A file that a process has loaded as an ELF image: mappings that follow each other, the first one with the header.
struct Module {
    Mapping first;
    std::uint64_t end = 0;
    std::uint64_t last_offset = 0;
    bool asked = false;                   ///< the file was looked for
    std::shared_ptr<const ElfFile> file;  ///< none when it was not, or is not there

    /// Tells whether it is still the same when mappings are read again.
    [[nodiscard]] bool same_place(const Module& other) const { return first == other.first && end == other.end; }
};

/// All that look like one, by address. What is known of those among `former` that are still the same is kept.
std::vector<Module> modules_of(std::span<const Mapping> mappings, std::span<const Module> former = {});

/// The one that is loaded at an address, or nullptr.
const Module* find_module(std::span<const Module> modules, std::uint64_t address);

/// What a process had loaded at one moment, with the files open: it can be unwound when it has gone. Not changed once
/// it was made.
struct LoadedModules {
    pid_t pid = 0;
    std::vector<Mapping> mappings;
    std::vector<Module> modules;
};

}  // namespace callgate::runners
