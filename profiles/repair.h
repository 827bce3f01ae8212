#pragma once

#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/run_result.h"

#include <functional>
#include <span>

namespace callgate::profiles {

/// The smallest change of the profile's text after which each of the calls is permitted. Order, indentation and line
/// ends of what stays are kept. The result is read, compiled and asked about every call again: where that does not
/// come out as permitted, `complete` is false and a note says which call it is.
/// `text` is the unchanged text and `diff` empty when nothing needs to change or nothing can.
/// `resolve` makes of a profile that was read again what was made of this one; null where nothing was.
model::Proposal repair(const model::Profile& profile, std::span<const model::Call> refused,
                       const std::function<model::Profile(const model::Profile&)>& resolve = nullptr);

}  // namespace callgate::profiles
