#include "harness/core/unique_fd.h"
#include "runners/launch/keeper.h"
#include "runners/launch/mount.h"
#include "runners/process_tree.h"
#include "runners/record/recorder.h"
#include "runners/runner_kind.h"
#include "runners/squeeze/squeeze.h"
#include "runners/trap/waiter.h"

#include <fmt/format.h>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace callgate::runners {

namespace {

/// How long a tree that was told to die may take: SIGKILL needs no consent, but a disk may.
constexpr std::chrono::seconds kDeathTakes{10};

model::ProcessEnd process_end(int status) {
    if (WIFSIGNALED(status)) return {model::ProcessEnd::Kind::signaled, WTERMSIG(status)};
    return {model::ProcessEnd::Kind::exited, WEXITSTATUS(status)};
}

/// All signals blocked while it lives: a fork made meanwhile starts with none that callgate's handlers would get.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

/// The keeper's next report; false at the end. A keeper that ends with an order unread leaves ECONNRESET behind, which
/// the kernel reports once and before what the keeper said last (net/core/datagram.c, sock_error).
bool hear(int control, KeeperReport& report) {
    while (true) {
        const auto count = ::recv(control, &report, sizeof report, 0);
        if (count < 0 && (errno == ECONNRESET || errno == EINTR)) continue;
        return count == sizeof report;
    }
}

/// A keeper and callgate's end of the socket to it. Its end is the end of the workload, and is waited for.
class Keeper {
public:
    Keeper(core::UniqueFd control, pid_t pid) : control_{std::move(control)}, pid_{pid} {}
    Keeper(Keeper&& other) noexcept : control_{std::move(other.control_)}, pid_{std::exchange(other.pid_, 0)} {}
    Keeper& operator=(Keeper&&) = delete;
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    ~Keeper() {
        control_.reset();  // the order to kill everything
        reap();
    }

    [[nodiscard]] int control() const { return control_.get(); }
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Waits until it ended; once.
    void reap() {
        if (pid_ > 0) ::waitpid(pid_, nullptr, __WALL);
        pid_ = 0;
    }

private:
    core::UniqueFd control_;
    pid_t pid_;
};

/// Who watches an instance; each may be null.
struct Watchers {
    std::unique_ptr<Trap> trap;
    std::unique_ptr<Recorder> recorder;

    core::Status attach(pid_t leader, LaunchPage& page, int keeper) const {
        core::Status attached;
        if (trap) attached = trap->attach(leader, page, keeper);
        if (attached && recorder) attached = recorder->attach(leader, page, keeper);
        return attached;
    }
};

class LocalInstance final : public ports::Instance {
public:
    LocalInstance(SharedLaunchPage page, Keeper keeper, pid_t leader, Watchers watchers,
                  const ports::LaunchRequest& request)
        : page_{std::move(page)},
          trap_{std::move(watchers.trap)},
          recorder_{std::move(watchers.recorder)},
          keeper_{std::move(keeper)},
          keeper_pid_{keeper_.pid()},
          leader_ended_fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
          leader_{leader},
          executable_{request.executable},
          directory_{request.directory},
          listener_{[this] { listen(); }} {}

    ~LocalInstance() override {
        kill_all();
        // A keeper that does not end holds its socket open; the listener must not wait for it for ever.
        ::shutdown(keeper_.control(), SHUT_RDWR);
        listener_.join();
        if (trap_) trap_->join();
    }
    LocalInstance(const LocalInstance&) = delete;
    LocalInstance& operator=(const LocalInstance&) = delete;

    /// Lets the waiting first process go on to its execve.
    void go() const { page_.release(); }

    [[nodiscard]] pid_t leader() const override { return leader_; }

    [[nodiscard]] std::string start_failure() const override { return failure_text(*page_, executable_, directory_); }

    [[nodiscard]] model::ProcessEnd leader_end() const override {
        const std::scoped_lock lock{mutex_};
        return leader_end_;
    }

    bool wait_leader(core::SteadyTime deadline) override {
        std::unique_lock lock{mutex_};
        return changed_.wait_until(lock, deadline, [this] { return leader_ended(); });
    }

    bool wait_gone(core::SteadyTime deadline) override {
        std::unique_lock lock{mutex_};
        return changed_.wait_until(lock, deadline, [this] { return gone_; });
    }

    [[nodiscard]] int leader_ended_fd() const override { return leader_ended_fd_.get(); }

    [[nodiscard]] std::vector<pid_t> processes() const override { return live_descendants(keeper_pid_); }

    [[nodiscard]] std::vector<ports::LiveProcess> live_processes() const override {
        return look_at(processes(), leader_);
    }

    core::Status signal(pid_t pid, int number) override {
        {
            const std::scoped_lock lock{mutex_};
            // Its pid may be somebody else's by now.
            if (gone_ || (pid == leader_ && leader_ended())) return {};
        }
        if (::kill(pid, number) == 0 || errno == ESRCH) return {};
        return core::fail(core::system_error(fmt::format("cannot send signal {} to process {}", number, pid), errno));
    }

    core::Result<std::unique_ptr<ports::Squeeze>> squeeze(const ports::Shortage& shortage) override {
        return runners::squeeze(shortage, leader_, [this] { return processes(); });
    }

    void kill_all() override {
        tell_keeper_to_kill(keeper_.control());
        if (wait_gone(std::chrono::steady_clock::now() + kDeathTakes)) return;
        const std::scoped_lock lock{mutex_};
        gaps_.push_back(fmt::format("some process of the workload did not die within {} s", kDeathTakes.count()));
    }

    void set_phase(int phase) override {
        if (trap_) trap_->record().set_phase(phase);
        if (recorder_) recorder_->set_phase(phase);
    }

    [[nodiscard]] std::vector<model::Refusal> refusals() const override {
        return trap_ ? trap_->record().refusals().all() : std::vector<model::Refusal>{};
    }

    [[nodiscard]] std::uint64_t refused() const override { return trap_ ? trap_->record().refusals().total() : 0; }

    [[nodiscard]] std::vector<model::RecordedCall> recorded() const override {
        return recorder_ ? recorder_->recorded() : std::vector<model::RecordedCall>{};
    }

    [[nodiscard]] ports::Gaps gaps() const override {
        if (trap_ && wait_gone_now()) trap_->join();
        auto gaps = trap_ ? trap_->record().gaps() : ports::Gaps{};
        const auto unrecorded = recorder_ ? recorder_->gaps() : ports::Gaps{};
        gaps.insert(gaps.end(), unrecorded.begin(), unrecorded.end());
        const std::scoped_lock lock{mutex_};
        gaps.insert(gaps.end(), gaps_.begin(), gaps_.end());
        return gaps;
    }

    [[nodiscard]] std::vector<ports::Note> notes() const override {
        return trap_ ? trap_->record().notes() : std::vector<ports::Note>{};
    }

    [[nodiscard]] bool no_new_privs() const override { return page_->no_new_privs.load(); }

private:
    [[nodiscard]] bool leader_ended() const { return leader_end_.kind != model::ProcessEnd::Kind::running; }

    [[nodiscard]] bool wait_gone_now() const {
        const std::scoped_lock lock{mutex_};
        return gone_;
    }

    /// Hears the keeper until it ends.
    void listen() {
        KeeperReport report;
        bool said_gone = false;
        while (hear(keeper_.control(), report)) {
            if (report.kind == KeeperReport::Kind::leader_ended) note_leader_end(process_end(report.status));
            if (report.kind == KeeperReport::Kind::gone) said_gone = true;
        }
        keeper_.reap();
        if (recorder_) recorder_->stop();
        const std::scoped_lock lock{mutex_};
        if (!said_gone) gaps_.emplace_back("the process that keeps the workload was killed; descendants may be left");
        if (!leader_ended()) leader_end_ = {model::ProcessEnd::Kind::signaled, SIGKILL};
        gone_ = true;
        wake();
    }

    void note_leader_end(model::ProcessEnd end) {
        const std::scoped_lock lock{mutex_};
        leader_end_ = end;
        wake();
    }

    void wake() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(leader_ended_fd_.get(), &one, sizeof one);
        changed_.notify_all();
    }

    SharedLaunchPage page_;
    std::unique_ptr<Trap> trap_;
    std::unique_ptr<Recorder> recorder_;
    Keeper keeper_;  ///< behind the trap, which ends when the tree does
    pid_t keeper_pid_;
    core::UniqueFd leader_ended_fd_;
    pid_t leader_;
    std::string executable_;
    std::string directory_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    model::ProcessEnd leader_end_;
    bool gone_ = false;
    ports::Gaps gaps_;
    std::thread listener_;  ///< last: it uses all of the above
};

struct Started {
    Keeper keeper;
    pid_t leader = 0;
};

/// Forks the keeper and hears the leader's pid.
core::Result<Started> start_keeper(const FirstProcess& first) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return core::fail(core::system_error("cannot make a socket to the keeper", errno));
    }
    core::UniqueFd ours{ends[0]};
    core::UniqueFd theirs{ends[1]};
    pid_t pid = 0;
    {
        const SignalsBlocked blocked;
        pid = ::fork();
        if (pid == 0) keep(first, theirs.get(), ours.get());
    }
    if (pid < 0) return core::fail(core::system_error("cannot fork the keeper", errno));
    theirs.reset();
    Keeper keeper{std::move(ours), pid};
    KeeperReport report;
    const bool heard = hear(keeper.control(), report);
    if (heard && report.leader > 0) return Started{std::move(keeper), report.leader};
    return core::fail(core::system_error("cannot fork the workload", heard ? report.status : EIO));
}

class LocalRunner final : public ports::Runner {
public:
    LocalRunner(const TrapBackend& trap, MakeRecorder recorder)
        : trap_{trap}, recorder_{std::move(recorder)}, signals_{InheritedSignals::of_callgate()} {
        block_sigchld();
    }

    core::Result<std::unique_ptr<ports::Instance>> launch(const ports::LaunchRequest& request) override {
        Watchers watchers;
        auto recorder = make_recorder(request);
        if (!recorder) return core::fail(recorder.error());
        watchers.recorder = std::move(*recorder);
        std::optional<Filter> plain;
        if (request.confinement && request.confinement->mode != model::Mode::enforce) {
            auto made = trap_.make(*request.confinement);
            if (!made) return core::fail(made.error());
            watchers.trap = std::move(*made);
        } else if (request.confinement) {
            plain = Filter{request.confinement->candidate, request.confinement->filter_flags};
        }
        auto page = SharedLaunchPage::make();
        if (!page) return core::fail(page.error());
        const Filter* filter = plain ? &*plain : filter_of(watchers);
        const FirstProcess first{request, filter, signals_, **page};
        auto started = start_keeper(first);
        if (!started) return core::fail(started.error());

        const auto attached = watchers.attach(started->leader, **page, started->keeper.control());
        auto instance = std::make_unique<LocalInstance>(std::move(*page), std::move(started->keeper), started->leader,
                                                        std::move(watchers), request);
        if (!attached) return core::fail(attached.error());  // the instance kills what waits
        instance->go();
        return std::unique_ptr<ports::Instance>{std::move(instance)};
    }

    core::Result<std::unique_ptr<ports::Mount>> mount_memory(const std::string& directory,
                                                             std::uint64_t bytes) override {
        return runners::mount_memory(directory, bytes);
    }

private:
    static const Filter* filter_of(const Watchers& watchers) {
        if (watchers.trap) return &watchers.trap->filter();
        return watchers.recorder ? watchers.recorder->filter() : nullptr;
    }

    [[nodiscard]] core::Result<std::unique_ptr<Recorder>> make_recorder(const ports::LaunchRequest& request) const {
        if (!request.record) return std::unique_ptr<Recorder>{};
        if (!recorder_) return core::fail("nothing here can record system calls");
        auto made = recorder_();
        if (made && request.confinement && (*made)->filter() != nullptr) {
            return core::fail("a recorder that has a filter of its own cannot record a confined workload");
        }
        return made;
    }

    const TrapBackend& trap_;
    const MakeRecorder recorder_;
    const InheritedSignals& signals_;
};

std::unique_ptr<ports::Runner> make_local(const TrapBackend& trap, MakeRecorder recorder) {
    return std::make_unique<LocalRunner>(trap, std::move(recorder));
}

}  // namespace

extern const RunnerKind local_runner;
const RunnerKind local_runner{"local", "a plain process of this host", make_local};

}  // namespace callgate::runners
