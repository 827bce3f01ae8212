#include "runners/trap/ptrace_request.h"

#include "harness/core/processes.h"
#include "harness/core/result.h"

#include <fmt/format.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace callgate::runners {

namespace {

constexpr int kTries = 4;

/// In a stop that its tracer knows of: the task would answer.
bool is_stopped(pid_t tid) {
    const auto stat = core::read_stat(tid);
    return stat && stat->state == 't';
}

}  // namespace

Asked ptrace_request(int request, pid_t tid, std::uintptr_t address, std::uintptr_t data) {
    for (int i = 0; i < kTries; ++i) {
        if (::syscall(SYS_ptrace, request, tid, address, data) >= 0) return Asked::done;
        const int error = errno;
        if (error == ESRCH && !is_stopped(tid)) return Asked::dying;
        errno = error;
    }
    return Asked::failed;
}

bool done_or_noted(Asked asked, std::string_view doing, pid_t tid, TrapRecord& record) {
    if (asked == Asked::failed) {
        record.add_gap(core::system_error(fmt::format("cannot {} task {}", doing, tid), errno).message);
    }
    return asked == Asked::done;
}

}  // namespace callgate::runners
