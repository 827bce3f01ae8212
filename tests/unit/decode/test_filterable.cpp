#include "harness/decode/call_text.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <vector>

using callgate::decode::filterable_arguments;
using namespace callgate::tests;

namespace {

/// "0,2" for bits 0 and 2.
std::string indices(std::uint8_t bits) {
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if ((bits >> i & 1U) != 0) text += (text.empty() ? "" : ",") + std::to_string(i);
    }
    return text;
}

using Args = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("flags, choices, commands and modes are worth a filter, addresses and numbers of things are not",
          "[decode]") {
    const auto [name, args, wanted] = GENERATE(table<std::string, Args, std::string>({
        {"mkdir", {0x10000, 0700}, "1"},
        {"read", {3, 0x10000, 512}, ""},
        {"getppid", {}, ""},
        {"setgid", {33}, ""},
        {"mmap", {0, 4096, 3, 0x22, minus(1), 0}, "2,3"},
        {"mprotect", {0x10000, 4096, 5}, "2"},
        {"madvise", {0x10000, 4096, 4}, "2"},
        {"kill", {4711, 15}, "1"},
        {"tgkill", {4711, 4712, 6}, "2"},
        {"lseek", {3, 10, 2}, "2"},
        {"openat", {minus(100), 0x10000, 02000000}, "2"},
        {"openat", {minus(100), 0x10000, 0101, 0644}, "2,3"},  // the mode counts only when a file is made
        {"clone", {0x11, 0, 0, 0, 0}, "0"},
        {"clone3", {0x10000, 88}, ""},
        {"unshare", {0x10000000}, "0"},
        {"io_uring_setup", {64, 0x10000}, ""},
        {"execveat", {3, 0x10000, 0, 0, 0x1000}, "4"},
    }));
    INFO(name);
    CHECK(indices(filterable_arguments(call(name, args))) == wanted);
}

TEST_CASE("what an argument selects decides about those behind it", "[decode]") {
    const auto [name, args, wanted] = GENERATE(table<std::string, Args, std::string>({
        {"prctl", {4, 1}, "0,1"},              // PR_SET_DUMPABLE, SUID_DUMP_USER
        {"prctl", {15, 0x10000}, "0"},         // PR_SET_NAME, a string
        {"prctl", {0x7fff, 1, 2}, "0"},        // no option that is known
        {"fcntl", {3, 4, 04002}, "1,2"},       // F_SETFL, flags
        {"fcntl", {3, 0, 10}, "1"},            // F_DUPFD, a descriptor
        {"ioctl", {3, 0x5401, 0x10000}, "1"},  // TCGETS, an address
        {"socket", {2, 1, 6}, "0,1,2"},        // AF_INET, SOCK_STREAM, IPPROTO_TCP
        {"socket", {1, 1, 0}, "0,1"},          // AF_UNIX has no protocols to choose from
        {"setsockopt", {5, 1, 2, 0x10000, 4}, "1,2"},
        {"futex", {0x10000, 129, 1}, "1"},
        {"ptrace", {0x4200, 4711, 0, 1}, "0,3"},
        {"seccomp", {1, 0, 0x10000}, "0,1"},
    }));
    INFO(name);
    CHECK(indices(filterable_arguments(call(name, args))) == wanted);
}

TEST_CASE("a key is worth a filter only where its number has a name", "[decode]") {
    CHECK(indices(filterable_arguments(call("shmget", {0, 4096, 01600}))) == "0,2");
    CHECK(indices(filterable_arguments(call("shmget", {0x4711, 4096, 01600}))) == "2");
    CHECK(indices(filterable_arguments(call("keyctl", {3, 0xfffffffd}))) == "0,1");  // KEY_SPEC_SESSION_KEYRING
    CHECK(indices(filterable_arguments(call("keyctl", {3, 0x12345}))) == "0");
}

TEST_CASE("arguments of a 32-bit call count by register, and an unknown call has none", "[decode]") {
    CHECK(indices(filterable_arguments(call("sync_file_range", {3, 0, 0, 1, 0, 2}, "i386"))) == "5");
    CHECK(indices(filterable_arguments(call("socketcall", {1, 0x10000}, "i386"))) == "0");
    CHECK(indices(filterable_arguments({.nr = 4999, .audit_arch = 0xC000003E})).empty());
}
