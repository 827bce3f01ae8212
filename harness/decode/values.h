#pragma once

#include "harness/decode/names.h"
#include "harness/decode/task_view.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callgate::decode {

/// What values.cpp must know of the architecture to read a task's memory.
struct Layout {
    std::size_t pointer = 8;                ///< bytes of a pointer
    std::size_t word = 8;                   ///< bytes of a `long` in the structures below
    const Table* open_flags = &kOpenFlags;  ///< of struct open_how
};

/// Text as in C: in quotes, with quotes, backslashes, newlines and tabs escaped and the rest made printable.
/// At most 256 bytes are shown; "…" after the quotes says that more follows, or could not be read (`cut`).
std::string quoted(std::string_view text, bool cut = false);

/// "0x7f…", or "NULL".
std::string pointer_text(std::uint64_t address);

/// "SIGHUP", or the number where it has no name.
std::string signal_text(std::uint64_t number);

/// "5 <socket:[123]>"; the number alone where nothing is known of it.
std::string descriptor_text(int fd, const TaskView& task);

/// Each shows what stands at `address` in the task, or the address itself where that cannot be read.
std::string string_at(std::uint64_t address, const TaskView& task);
std::string strings_at(std::uint64_t address, const TaskView& task, const Layout& layout);
std::string socket_address_at(std::uint64_t address, std::uint64_t length, const TaskView& task);
std::string clone_args_at(std::uint64_t address, std::uint64_t length, const TaskView& task);
std::string open_how_at(std::uint64_t address, std::uint64_t length, const TaskView& task, const Layout& layout);
/// Two words with these names: "{tv_sec=1, tv_nsec=0}".
std::string word_pair_at(std::uint64_t address, std::string_view first, std::string_view second, const TaskView& task,
                         std::size_t word);
std::string rlimit_at(std::uint64_t address, const TaskView& task, std::size_t word);
std::string int_at(std::uint64_t address, const TaskView& task);

}  // namespace callgate::decode
