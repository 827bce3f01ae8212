#include "runners/probe.h"

#include "harness/core/unique_fd.h"
#include "runners/record/recorder.h"
#include "runners/trap_backend.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

namespace callgate::runners {

namespace {

constexpr std::string_view kSeccompRemedy =
    "; a container needs a profile that permits seccomp(2) (Docker's default does), a kernel needs "
    "CONFIG_SECCOMP_FILTER";
constexpr std::string_view kPtraceRemedy =
    "; in a container add `--cap-add SYS_PTRACE` or a profile that permits ptrace(2); on a host see "
    "/proc/sys/kernel/yama/ptrace_scope (3 forbids it until the next boot); gVisor and user-mode emulation do not have "
    "it";

/// Permits everything but getppid(2), which gets `answer`.
long load_filter(std::uint32_t answer, unsigned flags) {
    std::array<sock_filter, 4> code{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                                     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
                                     BPF_STMT(BPF_RET | BPF_K, answer), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog program{code.size(), code.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/// A forked child that waits to be told to go, runs `action` and exits with what it returns. Killed when this goes.
class Child {
public:
    template <typename Action>
    explicit Child(Action action) {
        std::array<int, 2> pipe{-1, -1};
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return;
        core::UniqueFd theirs{pipe[0]};
        go_.reset(pipe[1]);
        pid_ = ::fork();
        if (pid_ != 0) return;
        go_.reset();
        char byte = 0;
        [[maybe_unused]] const auto read = ::read(theirs.get(), &byte, 1);
        ::_exit(action());
    }
    ~Child() {
        if (pid_ <= 0 || ended_) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, __WALL);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void go() { go_.reset(); }

    /// The next wait status; none when waiting failed.
    std::optional<int> wait() {
        int status = 0;
        if (::waitpid(pid_, &status, __WALL) != pid_) return std::nullopt;
        ended_ = !WIFSTOPPED(status);
        return status;
    }

private:
    pid_t pid_ = -1;
    core::UniqueFd go_;
    bool ended_ = false;
};

/// Runs `action` in a child; it returns 0 or an errno.
template <typename Action>
core::Status in_child(const std::string& what, Action action, std::string_view remedy) {
    Child child{action};
    child.go();
    const auto status = child.wait();
    if (!status || !WIFEXITED(*status))
        return core::fail(what + ": the child that tried it was killed" + std::string{remedy});
    if (WEXITSTATUS(*status) == 0) return {};
    return core::fail(core::system_error(what, WEXITSTATUS(*status)).message + std::string{remedy});
}

core::Status probe_filter() {
    return in_child(
        "cannot load a seccomp filter", [] { return load_filter(SECCOMP_RET_ALLOW, 0) == 0 ? 0 : errno; },
        kSeccompRemedy);
}

core::Status probe_memory() {
    static std::array<char, 8> secret{'c', 'a', 'l', 'l', 'g', 'a', 't', 'e'};
    Child child{[] { return 0; }};
    std::array<char, 8> copy{};
    const iovec local{copy.data(), copy.size()};
    const iovec remote{secret.data(), secret.size()};
    const bool read = ::process_vm_readv(child.pid(), &local, 1, &remote, 1, 0) == std::ssize(copy);
    if (read && copy == secret) return {};
    return core::fail(core::system_error("cannot read a child's memory", errno).message + std::string{kPtraceRemedy});
}

core::Status probe_identity() {
    return in_child(
        "cannot become another user",
        [] {
            constexpr uid_t kNobody = 65534;
            return ::setresuid(kNobody, kNobody, kNobody) == 0 ? 0 : errno;
        },
        "; run as root to use `user:` in a plan");
}

}  // namespace

core::Status probe_trace_stop() {
    Child child{[] {
        if (load_filter(SECCOMP_RET_TRACE, 0) != 0) return errno;
        ::syscall(SYS_getppid);
        return 0;
    }};
    const std::string what = "cannot trap system calls";
    if (::ptrace(PTRACE_SEIZE, child.pid(), nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL) != 0) {
        return core::fail(core::system_error(what + ": PTRACE_SEIZE", errno).message + std::string{kPtraceRemedy});
    }
    child.go();
    while (const auto status = child.wait()) {
        if (!WIFSTOPPED(*status)) {
            return core::fail(what + ": the child under the filter ended without a stop" + std::string{kSeccompRemedy});
        }
        if (static_cast<unsigned>(*status) >> 16U == PTRACE_EVENT_SECCOMP) {
            __ptrace_syscall_info info{};
            const bool known = ::ptrace(PTRACE_GET_SYSCALL_INFO, child.pid(), sizeof info, &info) > 0 &&
                               info.op == PTRACE_SYSCALL_INFO_SECCOMP;
            if (known) return {};
            return core::fail(what + ": PTRACE_GET_SYSCALL_INFO does not know the call; needs Linux 5.3");
        }
        ::ptrace(PTRACE_CONT, child.pid(), nullptr, 0);
    }
    return core::fail(core::system_error(what + ": waiting for the child", errno));
}

std::vector<HostProbe> probe_host() {
    std::vector<HostProbe> probes{{"seccomp filter", "every mode but baseline", true, probe_filter()}};
    for (const auto* backend : trap_backends()) {
        probes.push_back({fmt::format("trap by {}", backend->name), "modes log and errno", false, backend->probe(),
                          backend->limits});
    }
    // One that works is enough.
    const auto traps = std::span{probes}.subspan(1);
    const bool none = std::none_of(traps.begin(), traps.end(), [](const HostProbe& p) { return p.result.has_value(); });
    for (auto& trap : traps) trap.required = none;
    probes.push_back({"reading memory", "decoded arguments", false, probe_memory()});
    probes.push_back({"another user", "`user:` in a plan", false, probe_identity()});
    for (const auto* recorder : recorder_kinds()) {
        probes.push_back(
            {fmt::format("recorder {}", recorder->name), "recording", false, recorder->probe(), recorder->limits});
    }
    return probes;
}

}  // namespace callgate::runners
