#include "harness/decode/call_text.h"
#include "harness/decode/signatures.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using callgate::decode::call_text;
using namespace callgate::tests;

namespace {

using Args = std::vector<std::uint64_t>;

constexpr std::uint64_t kText = 0x10000;
constexpr std::uint64_t kStruct = 0x30000;
constexpr std::uint64_t kHigh = 0xabcd00000000;  // what a 64-bit register may hold above a 32-bit argument

}  // namespace

TEST_CASE("every architecture is decoded by its own rules", "[decode]") {
    FakeTask task;
    task.text(kText, "/x");
    task.put(kStruct, bytes(std::uint32_t{0x10000}, std::uint32_t{0}, std::uint32_t{7}, std::uint32_t{0}));
    const auto [on, name, args, wanted] = GENERATE(table<std::string, std::string, Args, std::string>({
        {"i386", "openat", {kHigh | 0xffffff9c, kHigh | kText, kHigh}, R"(openat(AT_FDCWD, "/x", O_RDONLY))"},
        {"i386", "lseek", {3, kHigh | 0xffffffff, 1}, "lseek(3, -1, SEEK_CUR)"},
        {"i386", "execve", {kText, kStruct, 0}, R"(execve("/x", ["/x"], NULL))"},
        {"i386", "nanosleep", {kStruct, 0}, "nanosleep({tv_sec=65536, tv_nsec=0}, NULL)"},
        {"i386",
         "clock_nanosleep_time64",
         {1, 0, kStruct, 0},
         "clock_nanosleep_time64(CLOCK_MONOTONIC, 0, {tv_sec=65536, tv_nsec=7}, NULL)"},
        {"i386", "mmap", {kStruct}, "mmap(0x30000)"},
        {"i386", "mmap2", {0, 4096, 1, 1, 3, 2}, "mmap2(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0x2)"},
        {"i386", "socketcall", {3, kStruct}, "socketcall(SYS_CONNECT, 0x30000)"},
        {"i386", "pread64", {3, kStruct, 5, 1, 1}, "pread64(3, 0x30000, 5, 4294967297)"},
        {"i386", "preadv", {3, kStruct, 5, 1, 1}, "preadv(3, 0x30000, 5, 4294967297)"},
        {"i386", "fcntl64", {3, 13, kStruct}, "fcntl64(3, F_SETLK64, 0x30000)"},
        {"i386", "chown32", {kText, 1, 0xffffffff}, R"(chown32("/x", 1, -1))"},
        {"i386", "ftruncate64", {3, 1, 1}, "ftruncate64(3, 4294967297)"},
        {"i386", "statfs64", {kText, 84, kStruct}, R"(statfs64("/x", 84, 0x30000))"},
        {"i386",
         "futex_time64",
         {kStruct, 0, 1, kStruct},
         "futex_time64(0x30000, FUTEX_WAIT, 1, {tv_sec=65536, tv_nsec=7})"},
        {"i386", "futex", {kStruct, 0, 1, kStruct}, "futex(0x30000, FUTEX_WAIT, 1, {tv_sec=65536, tv_nsec=0})"},
        {"i386", "clone", {0x80011, 0, 0, kStruct}, "clone(flags=CLONE_SETTLS|SIGCHLD, stack=NULL, tls=0x30000)"},
        {"arm", "pread64", {3, kStruct, 5, 99, 1, 1}, "pread64(3, 0x30000, 5, 4294967297)"},
        {"arm", "openat", {3, kText, 040000}, R"(openat(3, "/x", O_RDONLY|O_DIRECTORY))"},
        {"aarch64", "openat", {3, kText, 0140000}, R"(openat(3, "/x", O_RDONLY|O_DIRECTORY|O_NOFOLLOW))"},
        {"aarch64", "clone", {0x80011, 0, 0, kStruct}, "clone(flags=CLONE_SETTLS|SIGCHLD, stack=NULL, tls=0x30000)"},
        {"x86_64", "openat", {3, kText, 0600000}, R"(openat(3, "/x", O_RDONLY|O_DIRECTORY|O_NOFOLLOW))"},
        {"x86_64", "clone", {0x80011, 0, 0, 0, kStruct}, "clone(flags=CLONE_SETTLS|SIGCHLD, stack=NULL, tls=0x30000)"},
        {"x32", "execve", {kText, kStruct, 0}, R"(execve("/x", ["/x"], NULL))"},
        {"x32", "nanosleep", {kStruct, 0}, "nanosleep({tv_sec=65536, tv_nsec=7}, NULL)"},
    }));
    CHECK(call_text(call(name, args, on), task) == wanted);
}

TEST_CASE("every signature is of a system call, and every call has one per architecture", "[decode]") {
    using callgate::decode::Abi;
    std::set<std::pair<std::string, Abi>> seen;
    std::set<std::string> complete;
    for (const auto& signature : callgate::decode::signatures()) {
        const std::string name{signature.name};
        INFO(name);
        CHECK(callgate::model::known_syscall(name));
        CHECK(seen.emplace(name, signature.abi).second);
        // The first that fits is taken: nothing behind the general one would be.
        CHECK(complete.count(name) == 0);
        if (signature.abi == Abi::any) complete.insert(name);
    }
}
