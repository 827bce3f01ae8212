#include "runners/trap/listener.h"

#include "runners/launch/launch_page.h"

#include <fmt/format.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace callgate::runners {

namespace {

// Linux 6.6; younger than Debian 12's linux/seccomp.h.
constexpr unsigned long kSetFlags = SECCOMP_IOW(4, std::uint64_t);
constexpr std::uint64_t kSyncWakeUp = 1;

seccomp_notif_sizes sizes() {
    seccomp_notif_sizes sizes{};
    if (::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0) {
        sizes.seccomp_notif = sizeof(seccomp_notif);
        sizes.seccomp_notif_resp = sizeof(seccomp_notif_resp);
    }
    return sizes;
}

std::vector<std::byte> room_for(std::size_t kernel, std::size_t ours) {
    return std::vector<std::byte>(std::max(kernel, ours));
}

/// What fails otherwise is tried again: a call that is never answered sleeps for ever.
template <typename Argument>
Listener::Heard tell(int fd, unsigned long request, Argument* argument) {
    constexpr int kTries = 4;
    for (int i = 0; i < kTries; ++i) {
        if (::ioctl(fd, request, argument) == 0) return Listener::Heard::done;
        if (errno == ENOENT) return Listener::Heard::gone;
    }
    return Listener::Heard::failed;
}

}  // namespace

Listener::Listener(core::UniqueFd fd)
    : fd_{std::move(fd)},
      request_{room_for(sizes().seccomp_notif, sizeof(seccomp_notif))},
      response_{room_for(sizes().seccomp_notif_resp, sizeof(seccomp_notif_resp))} {
    // The waking of the listener then stays on the caller's processor. Older kernels do without.
    ::ioctl(fd_.get(), kSetFlags, kSyncWakeUp);
}

Listener::Heard Listener::receive(Notification& notification) {
    std::fill(request_.begin(), request_.end(), std::byte{0});  // the kernel wants it so
    const auto result = tell(fd_.get(), SECCOMP_IOCTL_NOTIF_RECV, request_.data());
    if (result != Heard::done) return result;
    seccomp_notif request{};
    std::memcpy(&request, request_.data(), sizeof request);
    notification.id = request.id;
    notification.tid = static_cast<pid_t>(request.pid);
    notification.call = {request.data.nr, request.data.arch, request.data.instruction_pointer, {}};
    std::copy(std::begin(request.data.args), std::end(request.data.args), notification.call.args.begin());
    return result;
}

Listener::Heard Listener::let_through(std::uint64_t id) {
    return answer(id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

Listener::Heard Listener::refuse(std::uint64_t id, int error) {
    return answer(id, -error, 0);
}

Listener::Heard Listener::answer(std::uint64_t id, int error, std::uint32_t flags) {
    std::fill(response_.begin(), response_.end(), std::byte{0});
    seccomp_notif_resp response{};
    response.id = id;
    response.error = error;
    response.flags = flags;
    std::memcpy(response_.data(), &response, sizeof response);
    return tell(fd_.get(), SECCOMP_IOCTL_NOTIF_SEND, response_.data());
}

std::uint32_t listener_flags() {
    constexpr std::uint32_t kExact = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    // Without a program: a kernel that knows the flags goes on to find that there is none.
    ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kExact, nullptr);
    return errno == EFAULT ? kExact : SECCOMP_FILTER_FLAG_NEW_LISTENER;
}

core::Result<core::UniqueFd> take_descriptor(pid_t pid, int fd) {
    const core::UniqueFd process{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (!process) return core::fail(core::system_error("pidfd_open", errno));
    core::UniqueFd copy{static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0))};
    if (!copy) return core::fail(core::system_error("pidfd_getfd", errno));
    return copy;
}

namespace {

constexpr std::string_view kRemedy =
    "; needs Linux 5.6, no other listener on this process (a container runtime may have one), and the right to trace "
    "children; `--trap ptrace` needs neither";

[[noreturn]] void be_notified(LaunchPage& page) {
    std::array<sock_filter, 4> code{
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog program{code.size(), code.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const long fd = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, listener_flags(), &program);
    if (fd < 0) {
        page.error.store(errno);
        ::_exit(1);
    }
    hand_over_listener(page, static_cast<int>(fd));
    ::_exit(::syscall(SYS_getppid) == -1 && errno == ERANGE ? 0 : 1);
}

core::Status answer_once(pid_t child, LaunchPage& page) {
    const std::string what = "cannot be notified of system calls: ";
    if (!wait_for_listener(child, page)) {
        return core::fail(core::system_error(what + "no listener", page.error.load()).message);
    }
    auto fd = take_descriptor(child, page.listener.load());
    if (!fd) return core::fail(what + fd.error().message);
    Listener listener{std::move(*fd)};
    page.listener_taken.store(true);
    Notification notification;
    pollfd waited{listener.fd(), POLLIN, 0};
    constexpr int kPatienceMs = 5'000;
    if (::poll(&waited, 1, kPatienceMs) != 1 || listener.receive(notification) != Listener::Heard::done ||
        listener.refuse(notification.id, ERANGE) != Listener::Heard::done) {
        return core::fail(what + "no notification came");
    }
    return {};
}

}  // namespace

core::Status probe_listener() {
    auto page = SharedLaunchPage::make();
    if (!page) return core::fail(page.error());
    const pid_t child = ::fork();
    if (child == 0) be_notified(**page);
    if (child < 0) return core::fail(core::system_error("cannot fork", errno));
    auto answered = answer_once(child, **page);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, __WALL);
    if (answered) return answered;
    return core::fail(answered.error().message + std::string{kRemedy});
}

}  // namespace callgate::runners
