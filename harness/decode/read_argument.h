#pragma once

#include "harness/core/result.h"
#include "harness/model/call.h"

#include <cstdint>
#include <string_view>

namespace callgate::decode {

/// The value of an argument as people write it, the other way round from call_text(): a number (decimal, 0x…, 0… for
/// octal, -1), a name ("AF_INET"), or several of these joined by "|" ("CLONE_NEWUSER|SIGCHLD"). Names are looked for
/// among those of this argument first, then everywhere. `call` says which call it is and, where an argument says what
/// the others are (prctl), what came before. A negative number has as many bits as the kernel reads.
/// The error says what is wrong and which name is near.
core::Result<std::uint64_t> read_argument(const model::Call& call, unsigned index, std::string_view text);

}  // namespace callgate::decode
