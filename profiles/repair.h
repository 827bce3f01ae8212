#pragma once

#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/run_result.h"

#include <span>

namespace callgate::profiles {

/// The smallest change of the profile's text after which each of the calls is permitted. Order, indentation and line
/// ends of what stays are kept. The result is read, compiled and asked about every call again: where that does not
/// come out as permitted, `complete` is false and a note says which call it is.
/// `text` is the unchanged text and `diff` empty when nothing needs to change or nothing can.
model::Proposal repair(const model::Profile& profile, std::span<const model::Call> refused);

}  // namespace callgate::profiles
