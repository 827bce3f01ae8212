#pragma once

#include "harness/model/call.h"

#include <bitset>
#include <cstddef>
#include <string>

namespace callgate::decode {

/// Parts of a call that matter: bit i for argument i, and kInstructionPointer.
using Touched = std::bitset<7>;
constexpr std::size_t kInstructionPointer = 6;

/// What the kernel calls an argument of this call, "flags"; "arg2" where it has no name. `index` from 0 to 5.
std::string argument_name(const model::Call& call, unsigned index);

/// A call that nobody made, as people write it, with those arguments that matter and their names:
/// "clone(flags=CLONE_NEWUSER)", "socket(family=AF_ALG)", "mkdir()". An argument that says what another one is counts
/// for its name only when it matters too. A value with bits that the kernel does not look at is a number: a filter sees
/// them.
std::string witness_text(const model::Call& call, Touched touched);

}  // namespace callgate::decode
