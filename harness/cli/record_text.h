#pragma once

#include "harness/model/evidence.h"
#include "profiles/lock.h"

#include <string>

namespace callgate::cli {

/// What a person wants to know of a recording: how many calls, which only startup or shutdown makes, and which were not
/// in every run, with what so many runs can exclude.
std::string describe_recording(const profiles::Lock& lock);

/// All that a lock knows of one call: "" where it knows nothing.
std::string describe_call(const profiles::Lock& lock, const std::string& syscall);

}  // namespace callgate::cli
