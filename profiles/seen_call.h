#pragma once

#include "harness/bpf/condition.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// A call as a recorder saw it, values as in model::RecordedValues, and the condition that filters see these values.
/// Arguments that were not kept, and those that stand in memory, are 0 in the call and free in the condition.
std::pair<model::Call, bpf::Condition> seen_call(std::uint32_t audit_arch, std::int32_t nr,
                                                 const std::vector<std::uint64_t>& values);

/// The architecture that evidence calls by this name ("x86_64").
std::optional<model::Arch> arch_called(std::string_view short_name);

}  // namespace callgate::profiles
