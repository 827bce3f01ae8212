#include "runners/stack/frame_start.h"

#include "harness/core/unique_fd.h"

#include <fmt/format.h>

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

namespace callgate::runners {

namespace {

/// The stack pointer's number in DWARF, by each processor's ABI supplement; -1 when not known here.
int stack_pointer_of(Machine machine) {
    switch (machine.number) {
        case EM_X86_64:
            return 7;
        case EM_386:
            return 4;
        case EM_AARCH64:
            return 31;
        case EM_ARM:
            return 13;
        default:
            return -1;
    }
}

}  // namespace

FrameStart start_at(Machine machine, std::uint64_t pc, std::uint64_t sp) {
    FrameStart start{machine, pc, sp, {}};
    if (const int number = stack_pointer_of(machine); number >= 0) start.registers.emplace_back(number, sp);
    return start;
}

Machine machine_of(pid_t tid) {
    const core::UniqueFd program{::open(fmt::format("/proc/{}/exe", tid).c_str(), O_RDONLY | O_CLOEXEC)};
    Elf32_Ehdr header{};  // e_ident and e_machine stand in the same place in both classes
    if (!program || ::pread(program.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return {};
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
    return {header.e_machine, header.e_ident[EI_CLASS] == ELFCLASS64};
}

}  // namespace callgate::runners
