#pragma once

#include <atomic>
#include <cstdint>

namespace callgate::demo {

/// What the server counts while it runs; written to the state directory when it ends.
struct Metrics {
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> reloads = 0;
    std::atomic<std::uint64_t> key_rotations = 0;
};

}  // namespace callgate::demo
