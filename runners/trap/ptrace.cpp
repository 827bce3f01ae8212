#include "harness/bpf/evaluate.h"
#include "harness/bpf/instrument.h"
#include "harness/decode/call_text.h"
#include "runners/probe.h"
#include "runners/proc_task_view.h"
#include "runners/process_tree.h"
#include "runners/trap/call_policy.h"
#include "runners/trap/findings.h"
#include "runners/trap/hold.h"
#include "runners/trap/own_filter.h"
#include "runners/trap/ptrace_request.h"
#include "runners/trap/registers.h"
#include "runners/trap/restart_folding.h"
#include "runners/trap/signals.h"
#include "runners/trap/untraced_clones.h"
#include "runners/trap/visible_filter.h"
#include "runners/trap/waiter.h"
#include "runners/trap/watches.h"
#include "runners/trap_backend.h"

#include <fmt/format.h>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace callgate::runners {

namespace {

using SyscallInfo = __ptrace_syscall_info;

constexpr std::array kWatched{Watch::untraced_clone, Watch::clone3, Watch::load_filter, Watch::ptrace, Watch::io_uring};

/// What the return of the call that a task is in tells, and to whom.
struct Awaited {
    model::Call call;
    std::optional<Watch> watch;
    std::optional<std::size_t> finding;  ///< index in the log of refusals: what the application sees of the first one
    bool restartable = false;            ///< RestartFolding wants to know whether it will be entered again
};

/// One traced task. Made by whichever comes first: its own first stop, or its parent's event.
struct Task {
    bool born = false;     ///< its first stop was seen
    bool executed = true;  ///< false: callgate's own code up to the first execve
    bool stopped = false;  ///< in a stop that was not answered yet
    RestartMemory memory;
    Place held;                               ///< of the call that it was held at and is about to make
    std::optional<std::size_t> held_finding;  ///< which it was counted as
    std::unique_ptr<Awaited> awaited;
};

/// The tracer thread and its state. ptrace(2) belongs to a thread: all of it happens on this one.
class PtraceTrap final : public Trap {
public:
    PtraceTrap(const ports::Confinement& confinement, Filter filter)
        : policy_{confinement},
          filter_{std::move(filter)},
          folding_{policy_.refuses_restart_syscall(), record_},
          findings_{record_},
          hold_{confinement.hold} {}

    ~PtraceTrap() override { join(); }
    PtraceTrap(const PtraceTrap&) = delete;
    PtraceTrap& operator=(const PtraceTrap&) = delete;

    [[nodiscard]] const Filter& filter() const override { return filter_; }

    core::Status attach(pid_t leader, LaunchPage& /*page*/, int /*keeper*/) override {
        std::promise<int> seized;
        auto result = seized.get_future();
        thread_ = std::thread{[this, leader, &seized] {
            block_sigchld();
            const bool held = ptrace_request(PTRACE_SEIZE, leader, 0, options()) == Asked::done;
            seized.set_value(held ? 0 : errno);
            if (!held) return;
            tasks_[leader].executed = false;
            watch();
            settle();
        }};
        const int error = result.get();
        if (error == 0) return {};
        return core::fail(core::system_error("cannot trace the workload", error).message +
                          "; `callgate doctor` says what this host lacks");
    }

    void join() override {
        const std::scoped_lock lock{join_mutex_};
        if (thread_.joinable()) thread_.join();
    }

    [[nodiscard]] TrapRecord& record() override { return record_; }

private:
    [[nodiscard]] std::uintptr_t options() const {
        std::uintptr_t options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
        // Only a filter that kills makes a task's exit interesting; every other run is spared that stop.
        if (policy_.refuses_natively()) options |= PTRACE_O_TRACEEXIT;
        return options;
    }

    void watch() {
        int failures = 0;
        while (true) {
            if (const auto held = hold_.told_to_go_on()) take_back(*held);
            News news;
            switch (waiter_.next(tasks_.size(), news)) {
                case Waiter::Result::news:
                    failures = 0;
                    on_news(news);
                    break;
                case Waiter::Result::interrupted:
                    break;
                case Waiter::Result::none_left:
                    if (hold_.active()) {
                        hold_.wait();
                        break;
                    }
                    if (nobody_left()) return;
                    [[fallthrough]];
                case Waiter::Result::failed:
                    constexpr int kMostFailures = 5;
                    if (++failures < kMostFailures) break;
                    record_.add_gap(core::system_error("cannot wait for the workload", errno).message);
                    return;
            }
        }
    }

    /// Whether waitpid's word that no tracee is left holds.
    bool nobody_left() {
        for (auto task = tasks_.begin(); task != tasks_.end();) {
            if (!is_gone(task->first)) {
                ++task;
                continue;
            }
            died(task->second);
            task = tasks_.erase(task);
        }
        return tasks_.empty();
    }

    void on_news(const News& news) {
        if (WIFSTOPPED(news.status)) return on_stop(news.tid, news.status);
        const auto found = tasks_.find(news.tid);
        if (found == tasks_.end()) return;
        died(found->second);
        tasks_.erase(found);
        if (hold_.stopping()) ask_when_free();
    }

    void on_stop(pid_t tid, int status) {
        ++stops_;
        Task& task = tasks_[tid];
        if (task.stopped) ++died_;  // the stop before was ended by a kill, and this one is of its exit
        task.stopped = true;
        if (!task.born) {
            task.born = true;
            clones_.born(tid);
        }
        const int signal = WSTOPSIG(status);
        switch (static_cast<int>(static_cast<unsigned>(status) >> 16U)) {
            case 0:
                break;
            case PTRACE_EVENT_SECCOMP:
                return on_seccomp(tid, task);
            case PTRACE_EVENT_EXEC:
                return on_exec(tid);
            case PTRACE_EVENT_EXIT:
                return on_exit(tid, task);
            case PTRACE_EVENT_STOP:
                if (!is_stop_signal(signal)) return resume(tid, task);
                if (hold_.stopping() && process_of(tid) == hold_.pid()) return let_go(tid, task);
                folding_.on_group_stop(tid, task.memory);
                // Stay stopped, but hear of SIGCONT (ptrace(2), PTRACE_LISTEN).
                return answered(task, ptrace_request(PTRACE_LISTEN, tid), "leave stopped", tid);
            default:
                return resume(tid, task);  // fork, vfork, clone: the child comes by its own stop
        }
        if (signal == (SIGTRAP | 0x80)) return on_return(tid, task);
        on_signal(tid, task, signal);
    }

    void on_exec(pid_t tid) {
        // An execve by another thread than the leader takes over the leader's id (ptrace(2), "execve(2) under ptrace").
        unsigned long former = 0;
        check(ptrace_request(PTRACE_GETEVENTMSG, tid, 0, &former), "read the exec event of", tid);
        if (const auto found = tasks_.find(static_cast<pid_t>(former)); found != tasks_.end() && found->first != tid) {
            tasks_[tid] = std::move(found->second);
            tasks_.erase(found);
        }
        Task& task = tasks_[tid];
        task.stopped = true;
        task.executed = true;
        task.memory = {};
        findings_.forget(tid);
        resume(tid, task);
    }

    void on_signal(pid_t tid, Task& task, int signal) {
        if (signal == SIGSYS && policy_.mode() == model::Mode::error) note_trap(tid);
        folding_.on_signal(tid, task.memory, signal);
        resume(tid, task, signal);
    }

    /// SIGSYS that the kernel sent for SECCOMP_RET_TRAP says which call it was.
    void note_trap(pid_t tid) {
        siginfo_t info{};
        if (!check(ptrace_request(PTRACE_GETSIGINFO, tid, 0, &info), "read a SIGSYS of", tid)) return;
        constexpr int kFromSeccomp = 1;  // SYS_SECCOMP, asm-generic/siginfo.h
        if (info.si_code != kFromSeccomp) return;
        model::Call call;
        if (!check(read_last_call(tid, call), "read the registers of", tid)) return;
        call.nr = info.si_syscall;
        call.audit_arch = info.si_arch;
        call.instruction_pointer = reinterpret_cast<std::uintptr_t>(info.si_call_addr);
        const auto verdict = policy_.judge(call);
        if (verdict.action.kind == model::ActionKind::trap) findings_.note(tid, call, verdict);
    }

    /// A task that the filter kills gets here with SIGSYS as its exit status.
    void on_exit(pid_t tid, Task& task) {
        unsigned long status = 0;
        SyscallInfo info{};
        model::Call call;
        if (check(ptrace_request(PTRACE_GETEVENTMSG, tid, 0, &status), "read the exit event of", tid) &&
            WTERMSIG(static_cast<int>(status)) == SIGSYS && read_info(tid, info) &&
            check(read_last_call(tid, call), "read the registers of", tid)) {
            call.audit_arch = info.arch;
            call.instruction_pointer = info.instruction_pointer;
            const auto verdict = policy_.judge(call);
            const auto kind = verdict.action.kind;
            if (kind == model::ActionKind::kill_process || kind == model::ActionKind::kill_thread) {
                findings_.note(tid, call, verdict);
            }
        }
        resume(tid, task);
    }

    void on_seccomp(pid_t tid, Task& task) {
        SyscallInfo info{};
        if (!read_info(tid, info)) return resume(tid, task);
        // A task that was killed meanwhile has other things to say.
        if (info.op != PTRACE_SYSCALL_INFO_SECCOMP) return resume(tid, task);
        model::Call call{static_cast<std::int32_t>(info.seccomp.nr), info.arch, info.instruction_pointer, {}};
        std::copy(std::begin(info.seccomp.args), std::end(info.seccomp.args), call.args.begin());
        if (!task.executed && !is_execve(call)) return resume(tid, task);

        const auto verdict = policy_.judge(call);
        const auto watched = watches_.kind_of(call);
        if (!model::refuses(verdict.action)) {
            // Ours for what the call is, or of a filter of the workload's own that has no tracer to answer it.
            if (!watched || own_filter_traces(call)) return refuse(tid, task, ENOSYS);
        } else if (const Place place{call.instruction_pointer, info.stack_pointer};
                   !folding_.is_restart(tid, task.memory, call, place)) {
            const bool counted = std::exchange(task.held, Place{}) == place;
            const auto found = counted ? task.held_finding : findings_.note(tid, call, verdict, place.stack_pointer);
            if (found && !counted && hold_.possible() && can_rewind(call)) return hold(tid, task, call, place, found);
            if (verdict.decision.kind == model::Decision::Kind::refuse) {
                return refuse(tid, task, verdict.decision.error);
            }
            if (folding_.let_through(tid, task.memory, call, place)) await(task, call).restartable = true;
            if (found) await(task, call).finding = found;
        }
        if (watched) look_at(tid, task, call, *watched);
        resume(tid, task);
    }

    Awaited& await(Task& task, const model::Call& call) {
        if (!task.awaited) task.awaited = std::make_unique<Awaited>();
        task.awaited->call = call;
        return *task.awaited;
    }

    void look_at(pid_t tid, Task& task, const model::Call& call, Watch watch) {
        if (watch == Watch::untraced_clone || watch == Watch::clone3) {
            if (!clones_.defuse(tid, call, watch)) return;
            record_.add_note(
                "a child was started with CLONE_UNTRACED, out of sight of any tracer; callgate took the "
                "flag away, so that the child's calls are seen");
        }
        if (watch == Watch::load_filter) load_own_filter(tid, call);
        await(task, call).watch = watch;
    }

    void load_own_filter(pid_t tid, const model::Call& call) {
        auto own = own_filter(call, ProcTaskView{tid});
        if (!own) return;
        report_own_filter(*own, policy_, bpf::HandOver::trace, record_);
        if (!own->program.empty()) own_filters_.push_back(std::move(own->program));
    }

    [[nodiscard]] bool own_filter_traces(const model::Call& call) const {
        return std::any_of(own_filters_.begin(), own_filters_.end(), [&](const bpf::Program& own) {
            return model::Action::from_return(bpf::evaluate(own, call)).kind == model::ActionKind::trace;
        });
    }

    /// The return of a call that was awaited.
    void on_return(pid_t tid, Task& task) {
        SyscallInfo info{};
        const auto awaited = std::exchange(task.awaited, nullptr);
        if (awaited && read_info(tid, info) && info.op == PTRACE_SYSCALL_INFO_EXIT) {
            if (awaited->restartable) RestartFolding::returned(task.memory, info.exit.rval);
            if (awaited->finding && !is_restart_code(info.exit.rval)) {
                record_.refusals().set_returned(*awaited->finding, info.exit.rval);
            }
            if (awaited->watch) on_watched_return(tid, *awaited->watch, awaited->call, info.exit.rval);
        }
        resume(tid, task);
    }

    void on_watched_return(pid_t tid, Watch watch, const model::Call& call, std::int64_t result) {
        switch (watch) {
            case Watch::untraced_clone:
            case Watch::clone3:
                return clones_.returned(tid, result);
            case Watch::io_uring:
                if (result >= 0) record_.add_note(std::string{kRingNote});
                return;
            case Watch::ptrace:
                if (result == -EPERM && wants_to_trace(call)) {
                    record_.add_gap(
                        "the workload traces processes by itself, and a process has one tracer: ptrace was "
                        "refused because of callgate; `--trap notify` leaves it free");
                }
                return;
            case Watch::load_filter:
                return;
        }
    }

    static bool wants_to_trace(const model::Call& call) {
        const auto request = static_cast<std::uint32_t>(call.args[0]);
        return request == PTRACE_TRACEME || request == PTRACE_ATTACH || request == PTRACE_SEIZE;
    }

    void refuse(pid_t tid, Task& task, int error) {
        check(skip_call(tid, -error), "refuse a call of", tid);
        resume(tid, task);
    }

    /// Stops the whole process before the call, which was counted and did not happen yet. Its threads are let go of as
    /// they stop: a process has one tracer, and that is to be the debugger.
    void hold(pid_t tid, Task& task, const model::Call& call, const Place& place, std::optional<std::size_t> found) {
        task.held = place;
        task.held_finding = found;
        check(rewind_call(tid, call), "hold", tid);
        hold_.begin({process_of(tid), tid, decode::call_text(call, ProcTaskView{tid})});
        // To this thread, which takes it before its next instruction; the whole process stops with it.
        ::syscall(SYS_tkill, tid, SIGSTOP);
        resume(tid, task);
    }

    void let_go(pid_t tid, Task& task) {
        folding_.on_group_stop(tid, task.memory);
        answered(task, ptrace_request(PTRACE_DETACH, tid), "let go of", tid);
        if (task.stopped) return;  // it is dying, and we are still to hear of that
        held_tasks_[tid] = std::move(task);
        tasks_.erase(tid);
        ask_when_free();
    }

    /// Once every living thread of the held process was let go of; one that was just born is still to stop.
    void ask_when_free() {
        const auto threads = threads_of(hold_.pid());
        const auto let_go = [&](pid_t tid) { return held_tasks_.count(tid) != 0; };
        if (threads.empty()) {
            held_tasks_.clear();
            return hold_.give_up();
        }
        if (std::all_of(threads.begin(), threads.end(), let_go)) hold_.ask(::pthread_self());
    }

    /// After the debugger: seizes the process again and lets it go on to the call, which is not counted once more.
    void take_back(const ports::Held& held) {
        const bool stood_still = stands_still(held.pid);
        const auto threads = threads_of(held.pid);
        for (const pid_t tid : threads) {
            const auto asked = ptrace_request(PTRACE_SEIZE, tid, 0, options());
            if (asked == Asked::dying) continue;
            if (asked == Asked::failed) return hold_again(held);
            Task& task = tasks_[tid];
            if (const auto before = held_tasks_.extract(tid)) task = std::move(before.mapped());
            task.born = true;
        }
        held_tasks_.clear();
        if (!stood_still) {
            record_.add_gap(fmt::format(
                "process {} was held and did not stand still: what it was refused meanwhile was not seen", held.pid));
        }
        if (!threads.empty()) ::kill(held.pid, SIGCONT);
    }

    void hold_again(ports::Held held) {
        for (const pid_t tid : threads_of(held.pid)) {
            if (tasks_.count(tid) == 0) held_tasks_.try_emplace(tid);  // also those of the debugger's time
        }
        held.still_traced = true;
        hold_.begin(std::move(held));
        ask_when_free();
    }

    /// False when the task is on its way out, or after noting why it could not be read.
    bool read_info(pid_t tid, SyscallInfo& info) {
        return check(ptrace_request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info), "read a call of", tid);
    }

    void resume(pid_t tid, Task& task, int signal = 0) {
        const int request = task.awaited ? PTRACE_SYSCALL : PTRACE_CONT;
        answered(task, ptrace_request(request, tid, 0, static_cast<std::uintptr_t>(signal)), "resume", tid);
    }

    /// Every stop ends here, or with the task's exit status.
    void answered(Task& task, Asked asked, std::string_view doing, pid_t tid) {
        if (asked == Asked::done) {
            task.stopped = false;
            ++resumed_;
        }
        // Nobody else can wake it: rather dead, and told, than asleep for ever.
        if (!check(asked, doing, tid) && asked == Asked::failed) ::syscall(SYS_tkill, tid, SIGKILL);
    }

    void died(Task& task) {
        if (task.stopped) ++died_;
    }

    bool check(Asked asked, std::string_view doing, pid_t tid) { return done_or_noted(asked, doing, tid, record_); }

    /// At the end every stop must be accounted for.
    void settle() {
        report_cost(findings_.cost(), record_);
        if (stops_ == resumed_ + died_) return;
        record_.add_gap(fmt::format("of {} stops {} were resumed and {} ended by a death: {} are unaccounted for",
                                    stops_, resumed_, died_, stops_ - resumed_ - died_));
    }

    const CallPolicy policy_;
    const Filter filter_;
    TrapRecord record_;

    // The tracer thread's own:
    const RestartFolding folding_;
    Findings findings_;
    Hold hold_;
    Waiter waiter_;
    const Watches watches_{kWatched};
    UntracedClones clones_;
    std::unordered_map<pid_t, Task> held_tasks_;  ///< of the held process, which is not traced
    std::vector<bpf::Program> own_filters_;
    std::unordered_map<pid_t, Task> tasks_;
    std::uint64_t stops_ = 0;
    std::uint64_t resumed_ = 0;
    std::uint64_t died_ = 0;

    std::mutex join_mutex_;
    std::thread thread_;
};

core::Result<std::unique_ptr<Trap>> make_ptrace(const ports::Confinement& confinement) {
    auto visible = visible_filter(confinement, Watches{kWatched}, bpf::HandOver::trace);
    if (!visible) return core::fail(visible.error());
    auto trap =
        std::make_unique<PtraceTrap>(confinement, Filter{std::move(visible->program), confinement.filter_flags});
    if (!visible->unwatched.empty()) trap->record().add_note(visible->unwatched);
    return std::unique_ptr<Trap>{std::move(trap)};
}

constexpr std::array<std::string_view, 1> kLimits{"keeps the workload from tracing processes by itself"};

}  // namespace

extern const TrapBackend ptrace_backend;
const TrapBackend ptrace_backend{
    "ptrace", "SECCOMP_RET_TRACE stops, followed with ptrace(2)", kLimits, true, true, probe_trace_stop, make_ptrace};

}  // namespace callgate::runners
