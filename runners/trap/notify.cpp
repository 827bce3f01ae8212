#include "runners/launch/keeper.h"
#include "runners/proc_task_view.h"
#include "runners/process_tree.h"
#include "runners/stack/unwinder.h"
#include "runners/trap/call_policy.h"
#include "runners/trap/listener.h"
#include "runners/trap/own_filter.h"
#include "runners/trap/visible_filter.h"
#include "runners/trap/watches.h"
#include "runners/trap/witness.h"
#include "runners/trap_backend.h"

#include <fmt/format.h>

#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

namespace callgate::runners {

namespace {

/// Children leave no listener, and whoever traces is free to.
constexpr std::array kWatched{Watch::load_filter, Watch::io_uring};

/// The next to last field of /proc/TID/syscall (proc(5)); 0 when the task is gone.
std::uint64_t stack_pointer_of(pid_t tid) {
    std::ifstream file{fmt::format("/proc/{}/syscall", tid)};
    std::vector<std::string> fields{std::istream_iterator<std::string>{file}, {}};
    if (fields.size() < 2) return 0;
    return std::strtoull(fields[fields.size() - 2].c_str(), nullptr, 16);
}

/// Answers the calls that the filter hands to its listener, on a thread of its own. The workload is not traced.
class NotifyTrap final : public Trap {
public:
    NotifyTrap(const ports::Confinement& confinement, Filter filter)
        : policy_{confinement}, filter_{std::move(filter)} {}

    ~NotifyTrap() override { join(); }
    NotifyTrap(const NotifyTrap&) = delete;
    NotifyTrap& operator=(const NotifyTrap&) = delete;

    [[nodiscard]] const Filter& filter() const override { return filter_; }

    core::Status attach(pid_t leader, LaunchPage& page, int keeper) override {
        thread_ = std::thread{[this, leader, &page, keeper] {
            // A launch that fails before the filter is loaded has nothing to watch.
            if (!wait_for_listener(leader, page)) return;
            if (auto serving = take_and_serve(leader, page, keeper); !serving) {
                record_.add_gap(serving.error().message);
                tell_keeper_to_kill(keeper);  // nobody would answer the workload's calls
            }
        }};
        return {};
    }

    void join() override {
        const std::scoped_lock lock{join_mutex_};
        if (thread_.joinable()) thread_.join();
    }

    [[nodiscard]] TrapRecord& record() override { return record_; }

private:
    core::Status take_and_serve(pid_t leader, LaunchPage& page, int keeper) {
        auto fd = take_descriptor(leader, page.listener.load());
        if (!fd) return core::fail(fd.error().context("cannot take the filter's listener over"));
        // Were callgate's copy the last one, its death would answer the workload's calls with ENOSYS until that is
        // dead.
        if (auto held = let_keeper_hold(keeper, fd->get()); !held) return held;
        Listener listener{std::move(*fd)};
        page.listener_taken.store(true);
        return serve(listener);
    }

    core::Status serve(Listener& listener) {
        while (true) {
            pollfd waited{listener.fd(), POLLIN, 0};
            // A poll that fails says nothing; receiving says whether something is wrong.
            ::poll(&waited, 1, -1);
            if ((waited.revents & POLLIN) == 0 && (waited.revents & (POLLHUP | POLLERR)) != 0) {
                report_cost(unwinder_.cost(), record_);
                return {};  // nobody is under the filter any more
            }
            if ((waited.revents & POLLIN) == 0) continue;
            Notification notification;
            const auto heard = listener.receive(notification);
            if (heard == Listener::Heard::failed) {
                return core::fail(core::system_error("cannot receive a notification", errno));
            }
            if (heard == Listener::Heard::done && on_call(listener, notification) == Listener::Heard::failed) {
                return core::fail(core::system_error("cannot answer a notification", errno));
            }
        }
    }

    Listener::Heard on_call(Listener& listener, const Notification& made) {
        const auto verdict = policy_.judge(made.call);
        const bool refused = verdict.decision.kind == model::Decision::Kind::refuse;
        const auto watched = watches_.kind_of(made.call);
        if (watched && !refused) look_at(made, *watched);  // it happens, whatever the candidate says of it
        if (!model::refuses(verdict.action)) return listener.let_through(made.id);
        const Site site{made.call.audit_arch, made.call.nr, made.call.instruction_pointer, 0, record_.phase(), refused};
        auto& log = record_.refusals();
        const bool known = log.knows(site);
        // While the call waits, its arguments can be read.
        auto first = known ? model::Refusal{} : witness(made);
        const auto heard = refused ? listener.refuse(made.id, verdict.decision.error) : listener.let_through(made.id);
        if (heard != Listener::Heard::done && !is_gone(made.tid)) return heard;  // interrupted: it comes again
        if (known && log.count(site)) return heard;
        first.action = verdict.action;
        first.happened = refused;
        if (refused) first.returned = -verdict.decision.error;
        first.phase = site.phase;
        log.add(site, std::move(first));
        return heard;
    }

    model::Refusal witness(const Notification& made) {
        auto seen = bear_witness(made.tid, made.call);
        const auto ip = made.call.instruction_pointer;
        seen.stack = unwinder_.of_blocked(seen.pid, made.tid, ip, stack_pointer_of(made.tid)).frames;
        return seen;
    }

    void look_at(const Notification& made, Watch watch) {
        if (watch == Watch::io_uring) return record_.add_note(std::string{kRingNote});
        const auto own = own_filter(made.call, ProcTaskView{made.tid});
        if (!own) return;
        if (own->listener) {
            record_.add_gap(
                "the workload wants a seccomp listener of its own, and a process has one: that was refused "
                "because of callgate; `--trap ptrace` leaves it free");
        }
        report_own_filter(*own, policy_, bpf::HandOver::notify, record_);
    }

    const CallPolicy policy_;
    const Filter filter_;
    const Watches watches_{kWatched};
    TrapRecord record_;
    Unwinder unwinder_;  ///< the listening thread's own
    std::mutex join_mutex_;
    std::thread thread_;
};

core::Result<std::unique_ptr<Trap>> make_notify(const ports::Confinement& confinement) {
    if (CallPolicy{confinement}.refuses_native_calls_natively()) {
        return core::fail("the profile kills or traps, which the notify trap cannot see; `--trap ptrace` can");
    }
    if (confinement.hold) {
        return core::fail(
            "a debugger cannot attach to a call that waits for its listener; hold it with `--trap ptrace`");
    }
    auto visible = visible_filter(confinement, Watches{kWatched}, bpf::HandOver::notify);
    if (!visible) return core::fail(visible.error());
    // TSYNC speaks of threads, of which there is one, and of a result that the listener takes the place of.
    const auto flags = (confinement.filter_flags & ~std::uint32_t{SECCOMP_FILTER_FLAG_TSYNC}) | listener_flags();
    auto trap = std::make_unique<NotifyTrap>(confinement, Filter{std::move(visible->program), flags});
    if (!visible->unwatched.empty()) trap->record().add_note(visible->unwatched);
    return std::unique_ptr<Trap>{std::move(trap)};
}

constexpr std::array<std::string_view, 4> kLimits{
    "takes no profile that kills or traps native calls in errno mode",
    "may count a call that a signal interrupts once less or once more",
    "shows stacks of few frames",
    "leaves the workload no seccomp listener of its own",
};

}  // namespace

extern const TrapBackend notify_backend;
const TrapBackend notify_backend{
    "notify",   "SECCOMP_RET_USER_NOTIF, answered by a listener; the workload is not traced",
    kLimits,    false,
    false,      probe_listener,
    make_notify};

}  // namespace callgate::runners
