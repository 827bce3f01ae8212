#pragma once

#include "harness/core/result.h"
#include "harness/ports/launch.h"

#include <cstdint>
#include <memory>
#include <string>

namespace callgate::runners {

/// As Runner::mount_memory() says: a tmpfs that everybody sees, without set-uid programs and devices.
core::Result<std::unique_ptr<ports::Mount>> mount_memory(const std::string& directory, std::uint64_t bytes);

}  // namespace callgate::runners
