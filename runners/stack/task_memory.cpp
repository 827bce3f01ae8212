#include "runners/stack/task_memory.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace callgate::runners {

std::optional<std::uint64_t> read_word(pid_t tid, std::uint64_t address, std::size_t size) {
    std::uint64_t word = 0;
    size = std::min(size, sizeof word);
    const iovec local{&word, size};
    const iovec remote{reinterpret_cast<void*>(address), size};  // an address of the task's, not of ours
    if (::process_vm_readv(tid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size)) return word;
    if (errno != ENOSYS && errno != EPERM) return std::nullopt;
    errno = 0;
    word = static_cast<std::uint64_t>(::ptrace(PTRACE_PEEKDATA, tid, address, nullptr));
    if (errno != 0) return std::nullopt;
    return size == sizeof word ? word : word & ((std::uint64_t{1} << (8 * size)) - 1);  // both machines: little-endian
}

}  // namespace callgate::runners
