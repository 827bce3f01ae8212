#pragma once

#include "harness/core/unique_fd.h"

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>

namespace callgate::runners {

/// The separate debug information with that build id: below /usr/lib/debug, or beside the ELF file at `main_file` under
/// the name `link` that it gives. Only files of this machine, and never one whose build id is another. A file that the
/// workload may change is given as a copy, because libdw maps what it gets. No file: an empty descriptor.
core::UniqueFd open_debug_file(std::span<const unsigned char> build_id, const std::string& main_file,
                               const std::string& link);

}  // namespace callgate::runners
