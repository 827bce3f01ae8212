#pragma once

#include "harness/model/call.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::runners {

/// A number as a filter sees it: the kernel's AUDIT_ARCH value, and the number with bit 30 on x32.
using CallNumber = std::pair<std::uint32_t, std::int32_t>;

/// Beyond the tables of all architectures.
constexpr std::int32_t kHighestCallNumber = 1023;

/// The numbers of a name on every architecture whose code this machine runs: its own, and the 32-bit ones beside it.
std::vector<CallNumber> numbers_of(const std::string& name);

/// True for a call with one of the numbers.
bool is_one_of(const model::Call& call, const std::vector<CallNumber>& numbers);

}  // namespace callgate::runners
