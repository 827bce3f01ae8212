#pragma once

#include "harness/decode/task_view.h"
#include "harness/model/call.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::decode {

/// The call as a person writes it: `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC)`. One line, safe for a terminal
/// (core::printable) and of bounded length: strings and descriptors to 256 bytes, argument vectors to eight strings.
/// Buffers of reads and writes, environments, option values and keys are pointers only: they may hold secrets.
/// Reads `task`, so the task must be stopped, or another thread of it may show one thing and do another.
std::string call_text(const model::Call& call, const TaskView& task);

/// One argument as a person writes it.
struct ArgumentText {
    unsigned first = 0;                   ///< the register that it stands in, from 0
    unsigned last = 0;                    ///< another one where a 64-bit value takes two registers of 32
    std::string_view label;               ///< "flags"; "" where its place says what it is
    std::string text;                     ///< "CLONE_NEWUSER|SIGCHLD"
    bool filterable = false;              ///< as filterable_arguments()
    std::optional<std::size_t> selector;  ///< the register whose value says what this one is
};

/// What call_text() is made of, in order: without arguments that the call does not look at, such as a mode without
/// O_CREAT. The label lasts as long as the program.
std::vector<ArgumentText> argument_texts(const model::Call& call, const TaskView& task);

/// Bit i: argument i is a value that a filter can sensibly ask for: flags, a choice, a command, a mode, a signal. Not
/// what differs from run to run (pointers, descriptors, sizes, offsets, processes, users), and not what the call does
/// not look at. 0 for a call that is not known.
std::uint8_t filterable_arguments(const model::Call& call);

}  // namespace callgate::decode
