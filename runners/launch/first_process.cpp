#include "runners/launch/first_process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace callgate::runners {

namespace {

constexpr int kExitNotStarted = 127;
constexpr int kLowestSpare = 10;  ///< above the standard streams, so that moving them cannot overwrite one another

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    out.reserve(strings.size() + 1);
    // execve(2) does not write to its arguments; its prototype lacks the const.
    for (const auto& text : strings) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

/// execve(2) resets handlers; but a signal may come before it, and callgate's handlers must not run in the workload.
void reset_handlers() {
    for (int number = 1; number < SIGRTMAX; ++number) {
        struct sigaction action {};
        if (::sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        if (action.sa_handler != SIG_DFL) ::signal(number, SIG_DFL);
    }
}

}  // namespace

const InheritedSignals& InheritedSignals::of_callgate() {
    static const auto captured = [] {
        InheritedSignals signals;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &signals.mask);
        struct sigaction pipe {};
        ::sigaction(SIGPIPE, nullptr, &pipe);
        signals.ignores_sigpipe = pipe.sa_handler == SIG_IGN;
        return signals;
    }();
    return captured;
}

FirstProcess::FirstProcess(const ports::LaunchRequest& request, const Filter* filter, const InheritedSignals& signals,
                           LaunchPage& page)
    : request_{request},
      filter_{filter},
      signals_{signals},
      page_{page},
      argv_{pointers(request.argv)},
      envp_{pointers(request.env)} {
    if (filter_ == nullptr) return;
    for (const auto& i : filter_->program) code_.push_back({i.code, i.jump_true, i.jump_false, i.k});
}

void FirstProcess::become() const {
    wait_for_release(page_);
    if (request_.own_session) ::setsid();
    enter(LaunchPage::Stage::streams);
    if (!set_streams()) give_up(errno);
    enter(LaunchPage::Stage::identity);
    if (request_.identity && !set_identity()) give_up(errno);
    enter(LaunchPage::Stage::directory);
    if (!request_.directory.empty() && ::chdir(request_.directory.c_str()) != 0) give_up(errno);
    reset_handlers();
    ::signal(SIGPIPE, signals_.ignores_sigpipe ? SIG_IGN : SIG_DFL);
    ::pthread_sigmask(SIG_SETMASK, &signals_.mask, nullptr);
    enter(LaunchPage::Stage::filter);
    if (filter_ != nullptr && !load_filter()) give_up(errno);
    enter(LaunchPage::Stage::exec);
    ::execve(request_.executable.c_str(), argv_.data(), envp_.data());
    give_up(errno);
}

bool FirstProcess::set_streams() const {
    std::array<int, 3> moved{};
    const std::array<int, 3> wanted{request_.standard_input, request_.standard_output, request_.standard_error};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        moved[i] = ::fcntl(wanted[i], F_DUPFD_CLOEXEC, kLowestSpare);
        // A stream that callgate was started without stays closed for the workload too.
        if (moved[i] < 0 && (errno != EBADF || wanted[i] != static_cast<int>(i))) return false;
    }
    for (std::size_t i = 0; i < moved.size(); ++i) {
        if (moved[i] >= 0 && ::dup2(moved[i], static_cast<int>(i)) < 0) return false;
    }
    return true;
}

bool FirstProcess::set_identity() const {
    const auto& who = *request_.identity;
    return ::setgroups(who.groups.size(), who.groups.data()) == 0 && ::setresgid(who.gid, who.gid, who.gid) == 0 &&
           ::setresuid(who.uid, who.uid, who.uid) == 0;
}

bool FirstProcess::load_filter() const {
    const sock_fprog program{static_cast<unsigned short>(code_.size()), const_cast<sock_filter*>(code_.data())};
    const auto load = [&] { return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter_->flags, &program); };
    long loaded = load();
    if (loaded < 0 && errno == EACCES) {
        // Without CAP_SYS_ADMIN the kernel wants no_new_privs first (seccomp(2)); with it, set-uid programs keep
        // working.
        page_.no_new_privs.store(true);
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
        loaded = load();
    }
    if (loaded < 0) return false;
    if ((filter_->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0) hand_over_listener(page_, static_cast<int>(loaded));
    return true;
}

void FirstProcess::give_up(int error) const {
    page_.error.store(error);
    ::syscall(SYS_exit_group, kExitNotStarted);
    ::syscall(SYS_exit, kExitNotStarted);
    // The profile refused even those.
    __builtin_trap();
}

}  // namespace callgate::runners
