#include "runners/stack/task_memory.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace callgate::runners {

namespace {

// Both machines are little-endian: a shorter word is the lower bytes of a longer one.

std::optional<std::uint64_t> code_of(const LoadedModules& loaded, std::uint64_t address, std::size_t size) {
    const auto* const mapping = find_mapping(loaded.mappings, address);
    const auto* const module = find_module(loaded.modules, address);
    if (mapping == nullptr || !mapping->executable || module == nullptr || !module->file) return std::nullopt;
    return module->file->word(mapping->offset + (address - mapping->begin), size);
}

std::optional<std::uint64_t> word_of(const StackCopy& copy, std::uint64_t address, std::size_t size) {
    std::uint64_t word = 0;
    const auto length = copy.bytes.size();
    if (address < copy.begin || length < size || address - copy.begin > length - size) return std::nullopt;
    std::memcpy(&word, copy.bytes.data() + (address - copy.begin), size);
    return word;
}

std::optional<std::uint64_t> word_of(pid_t tid, std::uint64_t address, std::size_t size) {
    std::uint64_t word = 0;
    const iovec local{&word, size};
    const iovec remote{reinterpret_cast<void*>(address), size};  // an address of the task's, not of ours
    if (::process_vm_readv(tid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size)) return word;
    if (errno != ENOSYS && errno != EPERM) return std::nullopt;
    errno = 0;
    word = static_cast<std::uint64_t>(::ptrace(PTRACE_PEEKDATA, tid, address, nullptr));
    if (errno != 0) return std::nullopt;
    return size == sizeof word ? word : word & ((std::uint64_t{1} << (8 * size)) - 1);
}

}  // namespace

std::optional<std::uint64_t> TaskMemory::word(std::uint64_t address, std::size_t size) const {
    size = std::min(size, sizeof(std::uint64_t));
    if (copy_ == nullptr) return word_of(tid_, address, size);
    const auto copied = word_of(*copy_, address, size);
    return copied ? copied : code_of(*loaded_, address, size);
}

}  // namespace callgate::runners
