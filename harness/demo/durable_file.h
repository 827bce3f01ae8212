#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace callgate::demo {

/// The whole file. Throws std::system_error when it cannot be read or is larger than a megabyte.
std::string read_file(const std::string& path);

/// What must survive a power failure.
enum class Durability {
    contents,           ///< old or new contents, never a mixture
    contents_and_name,  ///< the new contents, from the moment the call returns
    file_system,        ///< the same, and everything else on the file system
};

/// Replaces a file in one step. Throws std::system_error; the old file is then unchanged.
void replace_file(const std::string& path, std::string_view contents, mode_t mode, Durability durability);

}  // namespace callgate::demo
