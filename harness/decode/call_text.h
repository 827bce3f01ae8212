#pragma once

#include "harness/decode/task_view.h"
#include "harness/model/call.h"

#include <cstdint>
#include <string>

namespace callgate::decode {

/// The call as a person writes it: `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC)`. One line, safe for a terminal
/// (core::printable) and of bounded length: strings and descriptors to 256 bytes, argument vectors to eight strings.
/// Buffers of reads and writes, environments, option values and keys are pointers only: they may hold secrets.
/// Reads `task`, so the task must be stopped, or another thread of it may show one thing and do another.
std::string call_text(const model::Call& call, const TaskView& task);

/// Bit i: argument i is a value that a filter can sensibly ask for: flags, a choice, a command, a mode, a signal. Not
/// what differs from run to run (pointers, descriptors, sizes, offsets, processes, users), and not what the call does
/// not look at. 0 for a call that is not known.
std::uint8_t filterable_arguments(const model::Call& call);

}  // namespace callgate::decode
