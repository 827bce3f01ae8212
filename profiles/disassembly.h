#pragma once

#include "harness/model/call.h"
#include "profiles/filter.h"

#include <string>

namespace callgate::profiles {

/// The compiled filter for people, a line for each instruction, with the rules that it belongs to (annotate.h).
std::string disassembly_text(const Filter& filter);

/// Of these lines those that the kernel executes for the call, in order.
std::string path_text(const Filter& filter, const model::Call& call);

}  // namespace callgate::profiles
