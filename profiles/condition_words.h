#pragma once

#include "harness/bpf/condition.h"
#include "harness/decode/witness_text.h"
#include "harness/model/call.h"

#include <string>

namespace callgate::profiles {

/// A condition on the arguments of a call in the words of the kernel's headers: "flags with CLONE_NEWUSER",
/// "family == AF_ALG or family == AF_VSOCK", "flags with none of CLONE_NEWNS|CLONE_NEWUSER"; "always", "never".
/// `call` says which call it is; its arguments do not count. Where only bits are tested that the kernel does not read
/// as well, it says nothing of them. Pure.
std::string condition_words(const model::Call& call, const bpf::Condition& condition);

/// What the condition is about.
decode::Touched touched_by(const bpf::Condition& condition);

}  // namespace callgate::profiles
