#pragma once

#include "runners/trap/trap_record.h"

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace callgate::runners {

/// What became of a ptrace request.
enum class Asked {
    done,
    dying,   ///< the task is being killed, which is nobody's fault: its exit status follows (ptrace(2), "Death under
             ///< ptrace")
    failed,  ///< with errno set, and again when it was tried again
};

/// One ptrace(2) request as the kernel takes it: what PEEK requests read is stored at `data`. Only the tracer thread
/// may ask. ESRCH of a task that /proc shows to be stopped is no death, and neither is any other error: both are tried
/// again.
[[nodiscard]] Asked ptrace_request(int request, pid_t tid, std::uintptr_t address = 0, std::uintptr_t data = 0);

template <typename Value>
[[nodiscard]] Asked ptrace_request(int request, pid_t tid, std::uintptr_t address, Value* data) {
    return ptrace_request(request, tid, address, reinterpret_cast<std::uintptr_t>(data));
}

/// True when done; otherwise tells `record` what was not seen ("cannot read a call of task 12: …"), unless the task is
/// merely dying.
bool done_or_noted(Asked asked, std::string_view doing, pid_t tid, TrapRecord& record);

}  // namespace callgate::runners
