#pragma once

#include "harness/model/refusal.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::runners {

/// One line of /proc/PID/maps (proc(5)).
struct Mapping {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< the first address behind it
    std::uint64_t offset = 0;
    std::uint64_t inode = 0;
    bool executable = false;
    std::string path;  ///< of a file, or "[vdso]" and the like; "" for anonymous memory, named or not

    bool operator==(const Mapping&) const = default;
};

/// None when the line is not in the kernel's format.
std::optional<Mapping> parse_mapping(std::string_view line);

/// All mappings of a live task's process, by address; none when the task is gone. Safe from any thread.
std::vector<Mapping> read_mappings(pid_t tid);

/// The mapping that holds the address, or nullptr. `mappings` is sorted, as the kernel writes it.
const Mapping* find_mapping(std::span<const Mapping> mappings, std::uint64_t address);

/// Module and offset of an address; where no file is mapped, the offset is the address itself.
model::StackFrame locate(std::span<const Mapping> mappings, std::uint64_t address);

}  // namespace callgate::runners
