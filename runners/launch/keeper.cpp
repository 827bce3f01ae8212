#include "runners/launch/keeper.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace callgate::runners {

namespace {

constexpr int kControl = 3;  ///< the only descriptors that a keeper keeps
constexpr int kChildEnded = 4;
constexpr int kKillAgainAfterMs = 20;  ///< a child that forks while it is being killed needs another round

/// The layout of getdents64(2), which needs no allocation, unlike readdir.
struct DirectoryEntry {
    std::uint64_t inode;
    std::int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
};

/// The parent of a process by /proc/PID/stat, whose second field may hold anything, ')' included; 0 when it is gone.
pid_t parent_of(const char* pid) {
    std::array<char, 64> path{};
    std::array<char, 512> stat{};
    std::strcpy(path.data(), "/proc/");
    std::strncat(path.data(), pid, 16);
    std::strcat(path.data(), "/stat");
    const int fd = ::open(path.data(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    const auto count = ::read(fd, stat.data(), stat.size() - 1);
    ::close(fd);
    const char* after = count > 0 ? std::strrchr(stat.data(), ')') : nullptr;
    return after == nullptr ? 0 : static_cast<pid_t>(std::strtol(after + 4, nullptr, 10));
}

/// Kills every direct child. Their children become ours by that, and are killed in the next round.
void kill_children() {
    const pid_t self = ::getpid();
    const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0) return;
    alignas(DirectoryEntry) std::array<char, 16384> buffer;
    while (true) {
        const long count = ::syscall(SYS_getdents64, proc, buffer.data(), buffer.size());
        if (count <= 0) break;
        for (long at = 0; at < count;) {
            const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer.data() + at);  // getdents64's contract
            at += entry->length;
            if (entry->name[0] < '1' || entry->name[0] > '9' || parent_of(entry->name) != self) continue;
            ::kill(static_cast<pid_t>(std::strtol(entry->name, nullptr, 10)), SIGKILL);
        }
    }
    ::close(proc);
}

void report(const KeeperReport& report) {
    ::send(kControl, &report, sizeof report, MSG_NOSIGNAL);
}

/// Reaps whoever ended. False when no child is left.
bool reap(pid_t leader) {
    while (true) {
        int status = 0;
        const pid_t pid = ::waitpid(-1, &status, WNOHANG | __WALL);
        if (pid == leader) report({KeeperReport::Kind::leader_ended, leader, status});
        if (pid == 0) return true;
        if (pid < 0) return errno != ECHILD;
    }
}

/// A message of one byte that may carry a descriptor (unix(7), SCM_RIGHTS).
struct OrderMessage {
    char order = 0;
    iovec bytes{&order, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};

    OrderMessage() {
        header.msg_iov = &bytes;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
    }
    OrderMessage(const OrderMessage&) = delete;
    OrderMessage& operator=(const OrderMessage&) = delete;
};

/// True when callgate ordered it or is gone. A descriptor that came with an order is open now, and stays so.
bool told_to_kill() {
    OrderMessage message;
    const auto count = ::recvmsg(kControl, &message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0) return errno != EAGAIN && errno != EINTR;
    return count == 0 || message.order == static_cast<char>(KeeperOrder::kill_all);
}

}  // namespace

void keep(const FirstProcess& first, int control, int other_end) {
    ::close(other_end);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    ::prctl(PR_SET_NAME, "callgate-keeper", 0, 0, 0);
    const pid_t leader = ::fork();
    if (leader == 0) first.become();
    const int error = errno;
    // The workload's group is not the keeper's: neither a key at the terminal nor `kill 0` reaches it.
    ::setpgid(0, 0);

    sigset_t child_ended;
    ::sigemptyset(&child_ended);
    ::sigaddset(&child_ended, SIGCHLD);
    const int signals = ::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);
    // The control socket first: `signals` may be sitting on its place.
    const int spare = ::fcntl(signals, F_DUPFD_CLOEXEC, 10);
    ::dup3(control == kControl ? ::fcntl(control, F_DUPFD_CLOEXEC, 10) : control, kControl, O_CLOEXEC);
    ::dup3(spare, kChildEnded, O_CLOEXEC);
    // Other ends of pipes and sockets must not stay open because a keeper inherited them; nor must the user's streams.
    ::syscall(SYS_close_range, 0U, 2U, 0U);
    ::syscall(SYS_close_range, 5U, ~0U, 0U);

    report({KeeperReport::Kind::started, leader, leader < 0 ? error : 0});
    bool killing = false;
    while (reap(leader)) {
        if (!killing) killing = told_to_kill();
        if (killing) kill_children();
        std::array<pollfd, 2> waited{{{kChildEnded, POLLIN, 0}, {kControl, POLLIN, 0}}};
        ::poll(waited.data(), killing ? 1 : 2, killing ? kKillAgainAfterMs : -1);
        signalfd_siginfo drained;
        while (::read(kChildEnded, &drained, sizeof drained) > 0) {
        }
    }
    report({KeeperReport::Kind::gone, leader, 0});
    ::_exit(0);
}

void tell_keeper_to_kill(int control) {
    const auto order = KeeperOrder::kill_all;
    ::send(control, &order, sizeof order, MSG_NOSIGNAL);
}

core::Status let_keeper_hold(int control, int fd) {
    OrderMessage message;
    message.order = static_cast<char>(KeeperOrder::hold);
    auto* rights = CMSG_FIRSTHDR(&message.header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    if (::sendmsg(control, &message.header, MSG_NOSIGNAL) == 1) return {};
    return core::fail(core::system_error("cannot hand the filter's listener to the keeper", errno));
}

}  // namespace callgate::runners
