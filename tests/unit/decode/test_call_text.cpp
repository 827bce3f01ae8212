#include "harness/decode/call_text.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

#include <tuple>

using callgate::decode::call_text;
using namespace callgate::tests;

namespace {

using Args = std::vector<std::uint64_t>;

constexpr std::uint64_t kText = 0x10000;
constexpr std::uint64_t kOther = 0x20000;
constexpr std::uint64_t kStruct = 0x30000;
constexpr std::uint64_t kNowhere = 0x7ffd1000;
constexpr std::uint64_t kAtFdcwd = 0xffffff9c;  // as the C library passes an int: upper half zero

FakeTask task() {
    FakeTask fake;
    fake.text(kText, "/etc/passwd").text(kOther, "worker");
    fake.open(0, "/dev/null").open(3, "/dev/null").open(5, "socket:[123]");
    return fake;
}

}  // namespace

TEST_CASE("a call is shown as a person writes it", "[decode]") {
    const auto [name, args, wanted] = GENERATE(table<std::string, Args, std::string>({
        // files
        {"openat", {kAtFdcwd, kText, 02000000}, R"(openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC))"},
        {"openat", {minus(100), kText, 0101, 0644}, R"(openat(AT_FDCWD, "/etc/passwd", O_WRONLY|O_CREAT, 0644))"},
        {"open", {kText, 020200002, 0600}, R"(open("/etc/passwd", O_RDWR|O_TMPFILE, 0600))"},
        {"open", {kText, 04010001}, R"(open("/etc/passwd", O_WRONLY|O_SYNC))"},
        {"open", {kText, 0x40000003}, R"(open("/etc/passwd", 0x40000003))"},
        {"mkdir", {kText, 0700}, R"(mkdir("/etc/passwd", 0700))"},
        {"mknodat",
         {kAtFdcwd, kText, 020600, 0x103},
         R"(mknodat(AT_FDCWD, "/etc/passwd", S_IFCHR|0600, makedev(1, 3)))"},
        {"mknod", {kText, 010644, 0}, R"(mknod("/etc/passwd", S_IFIFO|0644))"},
        {"access", {kText, 0}, R"(access("/etc/passwd", F_OK))"},
        {"access", {kText, 6}, R"(access("/etc/passwd", R_OK|W_OK))"},
        {"unlinkat", {3, kText, 0x200}, R"(unlinkat(3 </dev/null>, "/etc/passwd", AT_REMOVEDIR))"},
        {"faccessat2", {3, kText, 4, 0x200}, R"(faccessat2(3 </dev/null>, "/etc/passwd", R_OK, AT_EACCESS))"},
        {"chown", {kText, 0xffffffff, 1000}, R"(chown("/etc/passwd", -1, 1000))"},
        {"lseek", {3, minus(10), 2}, "lseek(3 </dev/null>, -10, SEEK_END)"},
        {"fcntl", {3, 4, 04002}, "fcntl(3 </dev/null>, F_SETFL, O_RDWR|O_NONBLOCK)"},
        {"fcntl", {3, 1}, "fcntl(3 </dev/null>, F_GETFD)"},
        {"fcntl", {3, 999, 5}, "fcntl(3 </dev/null>, 0x3e7, 0x5)"},
        {"ioctl", {3, 0x5401, kNowhere}, "ioctl(3 </dev/null>, TCGETS, 0x7ffd1000)"},
        {"ioctl", {9, 0x12345678, 0}, "ioctl(9, 0x12345678, 0)"},
        // Names only: what is written may be a secret.
        {"write", {5, kText, 11}, "write(5 <socket:[123]>, 0x10000, 11)"},
        {"preadv", {3, kNowhere, 2, 4096, 0}, "preadv(3 </dev/null>, 0x7ffd1000, 2, 4096)"},
        {"epoll_ctl", {7, 1, 5, kNowhere}, "epoll_ctl(7, EPOLL_CTL_ADD, 5 <socket:[123]>, 0x7ffd1000)"},
        {"pipe2", {kNowhere, 02004000}, "pipe2(0x7ffd1000, O_NONBLOCK|O_CLOEXEC)"},
        {"memfd_create", {kOther, 3}, R"(memfd_create("worker", MFD_CLOEXEC|MFD_ALLOW_SEALING))"},
        // sockets
        {"socket", {1, 02000001, 0}, "socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0)"},
        {"socket", {2, 2, 17}, "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)"},
        {"socket", {16, 3, 9}, "socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT)"},
        {"socket", {77, 1, 0}, "socket(0x4d, SOCK_STREAM, 0)"},
        {"socketpair", {1, 1, 0, kNowhere}, "socketpair(AF_UNIX, SOCK_STREAM, 0, 0x7ffd1000)"},
        {"setsockopt", {5, 1, 2, kText, 4}, "setsockopt(5 <socket:[123]>, SOL_SOCKET, SO_REUSEADDR, 0x10000, 4)"},
        {"setsockopt", {5, 6, 1, kText, 4}, "setsockopt(5 <socket:[123]>, SOL_TCP, TCP_NODELAY, 0x10000, 4)"},
        {"getsockopt", {5, 279, 1, 0, 0}, "getsockopt(5 <socket:[123]>, SOL_ALG, 1, NULL, NULL)"},
        {"recvfrom", {5, kText, 9, 0x40, 0, 0}, "recvfrom(5 <socket:[123]>, 0x10000, 9, MSG_DONTWAIT, NULL, NULL)"},
        // memory
        {"mmap",
         {0, 4096, 3, 0x22, minus(1), 0},
         "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)"},
        {"mprotect", {kNowhere, 4096, 0}, "mprotect(0x7ffd1000, 4096, PROT_NONE)"},
        {"mremap", {kNowhere, 1, 2, 1}, "mremap(0x7ffd1000, 1, 2, MREMAP_MAYMOVE)"},
        {"madvise", {kNowhere, 8, 4}, "madvise(0x7ffd1000, 8, MADV_DONTNEED)"},
        {"shmget", {0, 4096, 01600}, "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600)"},
        {"mbind", {0, 1, 0x8002, 0, 0, 2}, "mbind(NULL, 1, MPOL_BIND|MPOL_F_STATIC_NODES, NULL, 0, MPOL_MF_MOVE)"},
        // processes
        {"clone",
         {0x1200011, 0, 0, kNowhere, 0},
         "clone(flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, stack=NULL, child_tid=0x7ffd1000)"},
        {"clone", {0x11, 0, 1, 2, 3}, "clone(flags=SIGCHLD, stack=NULL)"},
        {"unshare", {0x10020000}, "unshare(CLONE_NEWNS|CLONE_NEWUSER)"},
        {"unshare", {0x80000000000}, "unshare(0x80000000000)"},
        {"kill", {123, 1}, "kill(123, SIGHUP)"},
        {"kill", {minus(1), 64}, "kill(-1, 64)"},
        {"wait4", {minus(1), 0, 1, 0}, "wait4(-1, NULL, WNOHANG, NULL)"},
        {"prctl", {15, kOther}, R"(prctl(PR_SET_NAME, "worker"))"},
        {"prctl", {38, 1, 0, 0, 0}, "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)"},
        {"prctl", {24, 21}, "prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN)"},
        {"prctl", {9999, 1, 2, 3, 4}, "prctl(0x270f, 0x1, 0x2, 0x3, 0x4)"},
        {"personality", {0x40000}, "personality(PER_LINUX|ADDR_NO_RANDOMIZE)"},
        {"personality", {0xffffffff}, "personality(0xffffffff)"},
        {"ptrace", {0}, "ptrace(PTRACE_TRACEME)"},
        {"ptrace", {0x4206, 7, 0, 0x100000}, "ptrace(PTRACE_SEIZE, 7, 0, PTRACE_O_EXITKILL)"},
        {"seccomp", {1, 8, kNowhere}, "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, 0x7ffd1000)"},
        {"futex", {kNowhere, 0x80, 2, 0}, "futex(0x7ffd1000, FUTEX_WAIT|FUTEX_PRIVATE_FLAG, 2, NULL)"},
        {"rt_sigprocmask", {2, 0, kNowhere, 8}, "rt_sigprocmask(SIG_SETMASK, NULL, 0x7ffd1000, 8)"},
        {"sched_yield", {}, "sched_yield()"},
        {"getrandom", {kNowhere, 32, 1}, "getrandom(0x7ffd1000, 32, GRND_NONBLOCK)"},
        {"add_key",
         {kOther, kOther, kText, 11, minus(3)},
         R"(add_key("worker", "worker", 0x10000, 11, KEY_SPEC_SESSION_KEYRING))"},
        {"keyctl", {1, kOther}, R"(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "worker"))"},
        {"bpf", {5, kNowhere, 144}, "bpf(BPF_PROG_LOAD, 0x7ffd1000, 144)"},
        {"mount",
         {kOther, kText, 0, 0x5000, kOther},
         R"(mount("worker", "/etc/passwd", NULL, MS_BIND|MS_REC, 0x20000))"},
        {"io_uring_register",
         {5, 9, 0, 0},
         "io_uring_register(5 <socket:[123]>, IORING_REGISTER_PERSONALITY, NULL, 0)"},
        // Known to libseccomp and not to us: the registers.
        {"getpmsg", {1, 2, 3, 4, 5, 6}, "getpmsg(0x1, 0x2, 0x3, 0x4, 0x5, 0x6)"},
    }));
    CHECK(call_text(call(name, args), task()) == wanted);
}

TEST_CASE("a call without a name is shown by number with its registers", "[decode]") {
    callgate::model::Call unknown{.nr = 999, .audit_arch = arch("x86_64").token, .args = {1, 2, 3, 4, 5, 0}};
    CHECK(call_text(unknown, task()) == "syscall 999(0x1, 0x2, 0x3, 0x4, 0x5, 0x0)");
}

TEST_CASE("structures are read from the task", "[decode]") {
    const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
    const auto u32 = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    const auto u64 = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
    const std::string loopback{"\x7f\0\0\x01", 4};
    const std::string port8080{"\x1f\x90", 2};
    const auto [name, args, memory, wanted] = GENERATE_COPY(table<std::string, Args, std::string, std::string>({
        {"connect",
         {5, kStruct, 16},
         bytes(u16(2)) + port8080 + loopback + std::string(8, '\0'),
         "connect(5 <socket:[123]>, {AF_INET, 127.0.0.1:8080}, 16)"},
        {"bind",
         {5, kStruct, 28},
         bytes(u16(10)) + port8080 + std::string(19, '\0') + '\x01' + bytes(u32(2)),
         "bind(5 <socket:[123]>, {AF_INET6, [::1%2]:8080}, 28)"},
        {"connect",
         {5, kStruct, 110},
         bytes(u16(1)) + "/run/x.sock" + std::string(97, '\0'),
         R"(connect(5 <socket:[123]>, {AF_UNIX, "/run/x.sock"}, 110))"},
        {"bind",
         {5, kStruct, 8},
         bytes(u16(1)) + std::string{"\0ab\0cd", 6},
         R"(bind(5 <socket:[123]>, {AF_UNIX, @"ab\x00cd"}, 8))"},
        {"bind", {5, kStruct, 2}, bytes(u16(1)), "bind(5 <socket:[123]>, {AF_UNIX}, 2)"},
        {"bind",
         {5, kStruct, 12},
         bytes(u16(16), u16(0), u32(77), u32(3)),
         "bind(5 <socket:[123]>, {AF_NETLINK, pid=77, groups=0x3}, 12)"},
        {"connect",
         {5, kStruct, 16},
         bytes(u16(40), u16(0), u32(1024), u32(2), u32(0)),
         "connect(5 <socket:[123]>, {AF_VSOCK, cid=2, port=1024}, 16)"},
        {"connect",
         {5, kStruct, 16},
         bytes(u16(17)) + std::string(14, 'x'),
         "connect(5 <socket:[123]>, {AF_PACKET}, 16)"},
        {"connect", {5, kStruct, 8}, bytes(u16(2)) + port8080 + loopback, "connect(5 <socket:[123]>, {AF_INET}, 8)"},
        {"connect", {5, kStruct, 16}, bytes(u16(2)), "connect(5 <socket:[123]>, 0x30000, 16)"},
        {"connect", {5, kStruct, minus(1)}, bytes(u16(2)), "connect(5 <socket:[123]>, 0x30000, -1)"},
        {"sendto",
         {5, kNowhere, 3, 0x4000, kStruct, 16},
         bytes(u16(2)) + port8080 + loopback + std::string(8, '\0'),
         "sendto(5 <socket:[123]>, 0x7ffd1000, 3, MSG_NOSIGNAL, {AF_INET, 127.0.0.1:8080}, 16)"},
        {"clone3",
         {kStruct, 88},
         bytes(u64(0x100), u64(0), u64(0), u64(0), u64(17), u64(0x5000), u64(0x1000), u64(0), u64(0), u64(0), u64(0)),
         "clone3({flags=CLONE_VM, exit_signal=SIGCHLD, stack=0x5000, stack_size=4096}, 88)"},
        {"clone3",
         {kStruct, 88},
         bytes(u64(0x200000080), u64(0), u64(0), u64(0), u64(0), u64(0), u64(0), u64(0), u64(0), u64(0), u64(3)),
         "clone3({flags=CLONE_NEWTIME|CLONE_INTO_CGROUP, cgroup=3 </dev/null>}, 88)"},
        {"clone3", {kStruct, 8}, bytes(u64(0)), "clone3(0x30000, 8)"},
        {"openat2",
         {kAtFdcwd, kText, kStruct, 24},
         bytes(u64(0100), u64(0600), u64(8)),
         R"(openat2(AT_FDCWD, "/etc/passwd", {flags=O_RDONLY|O_CREAT, mode=0600, resolve=RESOLVE_BENEATH}, 24))"},
        {"nanosleep", {kStruct, 0}, bytes(u64(1), u64(500)), "nanosleep({tv_sec=1, tv_nsec=500}, NULL)"},
        {"prlimit64",
         {0, 7, kStruct, 0},
         bytes(u64(1024), u64(-1)),
         "prlimit64(0, RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=RLIM_INFINITY}, NULL)"},
        {"sched_setscheduler",
         {0, 0x40000001, kStruct},
         bytes(u32(50)),
         "sched_setscheduler(0, SCHED_FIFO|SCHED_RESET_ON_FORK, [50])"},
        {"execve",
         {kText, kStruct, kNowhere},
         bytes(kOther, kText, u64(0)),
         R"(execve("/etc/passwd", ["worker", "/etc/passwd"], 0x7ffd1000))"},
        {"execve", {kText, kStruct, 0}, bytes(u64(0)), R"(execve("/etc/passwd", [], NULL))"},
        {"execve",
         {kText, kStruct, 0},
         bytes(kNowhere, kOther),
         R"(execve("/etc/passwd", [0x7ffd1000, "worker", …], NULL))"},
        {"execve",
         {kText, kStruct, 0},
         bytes(kOther, kOther, kOther, kOther, kOther, kOther, kOther, kOther, kOther, u64(0)),
         R"(execve("/etc/passwd", ["worker", "worker", "worker", "worker", "worker", "worker", "worker", "worker", …], NULL))"},
        {"execve",
         {kText, kStruct, 0},
         bytes(kOther, kOther, kOther, kOther, kOther, kOther, kOther, kOther, u64(0)),
         R"(execve("/etc/passwd", ["worker", "worker", "worker", "worker", "worker", "worker", "worker", "worker"], NULL))"},
    }));
    CHECK(call_text(call(name, args), task().put(kStruct, memory)) == wanted);
}
