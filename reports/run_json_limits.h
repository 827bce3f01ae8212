#pragma once

#include <cstddef>

namespace callgate::reports {

/// What run.json keeps of one string: its beginning, with "…" where something was cut. Stands in the file as `limits`.
constexpr std::size_t kStoredStringBytes = 4096;

/// What it keeps of a workload's output: its end.
constexpr std::size_t kStoredLogBytes = std::size_t{64} * 1024;

}  // namespace callgate::reports
