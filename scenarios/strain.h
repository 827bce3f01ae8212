#pragma once

#include "harness/core/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace callgate::scenarios {

/// A file that takes the space of a small file system, for as long as this lives. Never of a file system that the host
/// uses: the directory must be one of its own, and small.
class Filler {
public:
    /// Leaves `leave` bytes free below `path`, which is relative to `directory` unless absolute. An error names the
    /// remedy.
    static core::Result<std::unique_ptr<Filler>> make(const std::string& directory, const std::string& path,
                                                      std::uint64_t leave);
    explicit Filler(std::string file) : file_{std::move(file)} {}
    Filler(const Filler&) = delete;
    Filler& operator=(const Filler&) = delete;
    ~Filler();

private:
    std::string file_;
};

/// Threads of callgate that do nothing but take processor time.
class BusyThreads {
public:
    explicit BusyThreads(std::size_t count);

private:
    std::vector<std::jthread> threads_;
};

}  // namespace callgate::scenarios
