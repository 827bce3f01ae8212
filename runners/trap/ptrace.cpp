#include "harness/bpf/evaluate.h"
#include "runners/probe.h"
#include "runners/trap/refusal_log.h"
#include "runners/trap/registers.h"
#include "runners/trap/restarts.h"
#include "runners/trap/witness.h"
#include "runners/trap_backend.h"

#include <fmt/format.h>

#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

namespace callgate::runners {

namespace {

using SyscallInfo = __ptrace_syscall_info;

/// One traced task. Made by whichever comes first: its own first stop, or its parent's event.
struct Task {
    bool executed = true;      ///< false: callgate's own code up to the first execve
    bool let_through = false;  ///< in a refused call that happens: the next stop of interest is its return
    Restarts restarts;
};

/// glibc's ptrace() is variadic over enums; this is the system call as the manual describes it.
long trace(__ptrace_request request, pid_t tid, std::uintptr_t address, std::uintptr_t data) {
    return ::ptrace(request, tid, address, data);
}

/// True when the task has a handler for the signal (SigCgt of /proc/TID/status, proc(5)).
bool catches(pid_t tid, int signal) {
    std::ifstream status{fmt::format("/proc/{}/status", tid)};
    std::string line;
    while (std::getline(status, line)) {
        if (line.rfind("SigCgt:\t", 0) != 0) continue;
        std::uint64_t caught = 0;
        std::from_chars(line.data() + 8, line.data() + line.size(), caught, 16);
        return ((caught >> (static_cast<unsigned>(signal) - 1U)) & 1U) != 0;
    }
    return false;
}

bool is_group_stop(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

bool kills(model::Action action) {
    return action.kind == model::ActionKind::kill_process || action.kind == model::ActionKind::kill_thread;
}

/// The tracer thread and its state. ptrace(2) belongs to a thread: all of it happens on this one.
class PtraceTrap final : public Trap {
public:
    explicit PtraceTrap(const ports::Confinement& confinement)
        : confinement_{confinement},
          never_let_through_{confinement.never_let_through.begin(), confinement.never_let_through.end()} {}

    ~PtraceTrap() override { join(); }
    PtraceTrap(const PtraceTrap&) = delete;
    PtraceTrap& operator=(const PtraceTrap&) = delete;

    core::Status attach(pid_t leader) override {
        std::promise<int> seized;
        auto result = seized.get_future();
        thread_ = std::thread{[this, leader, &seized] {
            const bool held = trace(PTRACE_SEIZE, leader, 0, options()) == 0;
            seized.set_value(held ? 0 : errno);
            if (!held) return;
            tasks_[leader].executed = false;
            watch();
        }};
        const int error = result.get();
        if (error == 0) return {};
        return core::fail(core::system_error("cannot trace the workload", error).message +
                          "; `callgate doctor` says what this host lacks");
    }

    void set_phase(int phase) override { phase_.store(phase); }
    [[nodiscard]] std::vector<model::Refusal> refusals() const override { return log_.all(); }
    [[nodiscard]] std::uint64_t refused() const override { return log_.total(); }

    void join() override {
        const std::scoped_lock lock{join_mutex_};
        if (thread_.joinable()) thread_.join();
    }

    [[nodiscard]] ports::Gaps gaps() const override {
        const std::scoped_lock lock{gaps_mutex_};
        return {gaps_.begin(), gaps_.end()};
    }

private:
    [[nodiscard]] std::uintptr_t options() const {
        std::uintptr_t options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
        // Only a filter that kills makes a task's exit interesting; every other run is spared that stop.
        const bool killing = std::any_of(
            confinement_.installed.begin(), confinement_.installed.end(), [](const bpf::Instruction& instruction) {
                constexpr std::uint16_t kReturnConstant = 0x06;  // BPF_RET | BPF_K
                return instruction.code == kReturnConstant && kills(model::Action::from_return(instruction.k));
            });
        if (killing) options |= PTRACE_O_TRACEEXIT;
        return options;
    }

    void watch() {
        while (true) {
            int status = 0;
            // __WNOTHREAD: children that other threads of callgate start are theirs to wait for.
            const pid_t tid = ::waitpid(-1, &status, __WALL | __WNOTHREAD);
            if (tid < 0 && errno == EINTR) continue;
            if (tid < 0) {
                if (errno != ECHILD) note_gap(core::system_error("cannot wait for the workload", errno).message);
                return;
            }
            if (WIFSTOPPED(status)) {
                on_stop(tid, status);
            } else {
                tasks_.erase(tid);
            }
        }
    }

    void on_stop(pid_t tid, int status) {
        const int signal = WSTOPSIG(status);
        const int event = static_cast<int>(static_cast<unsigned>(status) >> 16U);
        switch (event) {
            case 0:
                break;
            case PTRACE_EVENT_SECCOMP:
                return on_seccomp(tid);
            case PTRACE_EVENT_EXEC:
                return on_exec(tid);
            case PTRACE_EVENT_EXIT:
                return on_exit(tid);
            case PTRACE_EVENT_STOP:
                if (!is_group_stop(signal)) return resume(tid);
                // Stay stopped, but hear of SIGCONT (ptrace(2), PTRACE_LISTEN).
                return check(trace(PTRACE_LISTEN, tid, 0, 0) == 0, "stop", tid);
            default:
                return resume(tid);  // fork, vfork, clone: the child comes by its own stop
        }
        if (signal == (SIGTRAP | 0x80)) return on_return(tid);
        on_signal(tid, signal);
    }

    void on_exec(pid_t tid) {
        // An execve by another thread than the leader takes over the leader's id (ptrace(2), "execve(2) under ptrace").
        unsigned long former = 0;
        if (trace(PTRACE_GETEVENTMSG, tid, 0, reinterpret_cast<std::uintptr_t>(&former)) != 0) {
            return check(false, "read the exec event of", tid);
        }
        if (static_cast<pid_t>(former) != tid) {
            tasks_[tid] = tasks_[static_cast<pid_t>(former)];
            tasks_.erase(static_cast<pid_t>(former));
        }
        tasks_[tid].executed = true;
        resume(tid);
    }

    void on_signal(pid_t tid, int signal) {
        Task& task = tasks_[tid];
        if (signal == SIGSYS && confinement_.mode == model::Mode::error) note_trap(tid);
        task.restarts.interrupted(catches(tid, signal));
        resume(tid, signal);
    }

    /// SIGSYS that the kernel sent for SECCOMP_RET_TRAP says which call it was.
    void note_trap(pid_t tid) {
        siginfo_t info{};
        if (trace(PTRACE_GETSIGINFO, tid, 0, reinterpret_cast<std::uintptr_t>(&info)) != 0) {
            return check(false, "read a SIGSYS of", tid);
        }
        constexpr int kFromSeccomp = 1;  // SYS_SECCOMP, asm-generic/siginfo.h
        if (info.si_code != kFromSeccomp) return;
        model::Call call;
        if (!read_last_call(tid, call)) return check(false, "read the registers of", tid);
        call.nr = info.si_syscall;
        call.audit_arch = info.si_arch;
        call.instruction_pointer = reinterpret_cast<std::uintptr_t>(info.si_call_addr);
        const auto action = decided(call);
        if (action.kind == model::ActionKind::trap) note_refusal(tid, call, action, true);
    }

    /// A task that the filter kills gets here with SIGSYS as its exit status.
    void on_exit(pid_t tid) {
        unsigned long status = 0;
        SyscallInfo info{};
        model::Call call;
        if (trace(PTRACE_GETEVENTMSG, tid, 0, reinterpret_cast<std::uintptr_t>(&status)) == 0 &&
            WTERMSIG(static_cast<int>(status)) == SIGSYS && read_info(tid, info) && read_last_call(tid, call)) {
            call.audit_arch = info.arch;
            call.instruction_pointer = info.instruction_pointer;
            const auto action = decided(call);
            if (kills(action)) note_refusal(tid, call, action, true);
        }
        resume(tid);
    }

    /// The return of a call that was refused and let through.
    void on_return(pid_t tid) {
        SyscallInfo info{};
        Task& task = tasks_[tid];
        task.let_through = false;
        if (!read_info(tid, info)) return;
        if (info.op == PTRACE_SYSCALL_INFO_EXIT) task.restarts.returned(info.exit.rval);
        resume(tid);
    }

    void on_seccomp(pid_t tid) {
        SyscallInfo info{};
        if (!read_info(tid, info)) return;
        if (info.op != PTRACE_SYSCALL_INFO_SECCOMP) return resume(tid);
        model::Call call{static_cast<std::int32_t>(info.seccomp.nr), info.arch, info.instruction_pointer, {}};
        std::copy(std::begin(info.seccomp.args), std::end(info.seccomp.args), call.args.begin());

        Task& task = tasks_[tid];
        const auto action = decided(call);
        if (!task.executed && model::syscall_name(call.audit_arch, call.nr) != "execve") return resume(tid);
        if (!model::refuses(action)) return refuse(tid, ENOSYS);  // the workload's own SECCOMP_RET_TRACE
        if (task.restarts.is_restart(call, info.stack_pointer)) return let_through(tid, task);

        auto decision = model::decide(confinement_.mode, action);
        if (decision.kind == model::Decision::Kind::let_through && is_never_let_through(call)) {
            decision = {model::Decision::Kind::refuse, model::errno_of_refusal(action)};
        }
        note_refusal(tid, call, action, decision.kind == model::Decision::Kind::refuse);
        if (decision.kind == model::Decision::Kind::refuse) return refuse(tid, decision.error);
        task.restarts.entered(call, info.stack_pointer);
        let_through(tid, task);
    }

    void let_through(pid_t tid, Task& task) {
        task.let_through = true;
        resume(tid);
    }

    void refuse(pid_t tid, int error) {
        if (!skip_call(tid, -error)) return check(false, "refuse a call of", tid);
        resume(tid);
    }

    [[nodiscard]] bool is_never_let_through(const model::Call& call) const {
        return never_let_through_.count(model::syscall_name(call.audit_arch, call.nr)) != 0;
    }

    /// The candidate decides again: the data of a RET_TRACE stop does not say whose filter it came from.
    [[nodiscard]] model::Action decided(const model::Call& call) const {
        return model::Action::from_return(bpf::evaluate(confinement_.candidate, call));
    }

    void note_refusal(pid_t tid, const model::Call& call, model::Action action, bool happened) {
        const Site site{call.audit_arch, call.nr, call.instruction_pointer, phase_.load(), happened};
        if (log_.count(site)) return;
        auto first = bear_witness(tid, call);
        first.action = action;
        first.happened = happened;
        first.phase = site.phase;
        log_.add(site, std::move(first));
    }

    /// False when the task is on its way out, or after noting why it could not be read.
    bool read_info(pid_t tid, SyscallInfo& info) {
        const bool read = trace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, reinterpret_cast<std::uintptr_t>(&info)) > 0;
        check(read, "read a call of", tid);
        return read;
    }

    void resume(pid_t tid, int signal = 0) {
        const auto request = tasks_[tid].let_through ? PTRACE_SYSCALL : PTRACE_CONT;
        check(trace(request, tid, 0, static_cast<std::uintptr_t>(signal)) == 0, "resume", tid);
    }

    /// Of a failed ptrace call: ESRCH means that the task is being killed, which is nobody's fault, and its exit status
    /// follows. Anything else is something that was not seen.
    void check(bool done, std::string_view doing, pid_t tid) {
        if (!done && errno != ESRCH)
            note_gap(core::system_error(fmt::format("cannot {} task {}", doing, tid), errno).message);
    }

    void note_gap(std::string gap) {
        constexpr std::size_t kMostGaps = 20;
        const std::scoped_lock lock{gaps_mutex_};
        if (gaps_.size() < kMostGaps) gaps_.insert(std::move(gap));
    }

    const ports::Confinement confinement_;
    const std::set<std::string> never_let_through_;
    std::atomic<int> phase_{0};
    RefusalLog log_;
    std::unordered_map<pid_t, Task> tasks_;  ///< the tracer thread's own
    mutable std::mutex gaps_mutex_;
    std::set<std::string> gaps_;
    std::mutex join_mutex_;
    std::thread thread_;
};

std::unique_ptr<Trap> make_ptrace(const ports::Confinement& confinement) {
    return std::make_unique<PtraceTrap>(confinement);
}

}  // namespace

extern const TrapBackend ptrace_backend;
const TrapBackend ptrace_backend{"ptrace", "SECCOMP_RET_TRACE stops, followed with ptrace(2)", probe_trace_stop,
                                 make_ptrace};

}  // namespace callgate::runners
