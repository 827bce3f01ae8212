#include "harness/decode/read_argument.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

using callgate::decode::read_argument;
using namespace callgate::tests;

namespace {

using Args = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("an argument is a number, a name, or several of them", "[decode]") {
    const auto [name, args, index, text, wanted] =
        GENERATE(table<std::string, Args, unsigned, std::string, std::uint64_t>({
            {"read", {}, 0, "17", 17},
            {"read", {}, 0, "0x11", 17},
            {"mkdir", {}, 1, "0755", 0755},
            {"mkdir", {}, 1, "0", 0},
            {"openat", {}, 0, "-1", 0xffffffff},        // an int
            {"mmap", {}, 1, "-1", 0xffffffffffffffff},  // a size
            {"mmap", {}, 1, "18446744073709551615", 0xffffffffffffffff},
            {"openat", {}, 0, "AT_FDCWD", 0xffffff9c},
            {"clone", {}, 0, "CLONE_NEWUSER", 0x10000000},
            {"clone", {}, 0, "CLONE_NEWUSER|CLONE_NEWNS|SIGCHLD", 0x10020011},
            {"clone", {}, 0, "CLONE_NEWUSER|0x1", 0x10000001},
            {"socket", {}, 0, "AF_ALG", 38},
            {"socket", {38}, 1, "SOCK_SEQPACKET|SOCK_CLOEXEC", 0x80005},
            {"ioctl", {}, 1, "TIOCSTI", 0x5412},
            {"prctl", {}, 0, "PR_SET_SECCOMP", 22},
            {"prctl", {22}, 1, "SECCOMP_MODE_FILTER", 2},
            {"getpid", {}, 0, "AF_INET", 2},  // a name of another call
        }));
    INFO(name << " " << text);
    const auto value = read_argument(call(name, args), index, text);
    REQUIRE(value.has_value());
    CHECK(*value == wanted);
}

TEST_CASE("open's flags are those of the architecture", "[decode]") {
    CHECK(*read_argument(call("openat", {}, "x86_64"), 2, "O_DIRECTORY") == 0200000);
    CHECK(*read_argument(call("openat", {}, "aarch64"), 2, "O_DIRECTORY") == 040000);
}

TEST_CASE("what is no argument is refused with the name that is near", "[decode]") {
    CHECK(read_argument(call("socket", {}), 0, "AF_INTE").error().message ==
          "'AF_INTE' is no value for family: a number (17, 0x11, -1) or a name that the kernel's headers have; did you "
          "mean "
          "'AF_INET'?");
    for (const std::string text :
         {"", "|", "CLONE_NEWUSER|", "0x", "08", "1e3", "--1", "18446744073709551616", "x y"}) {
        INFO(text);
        CHECK(!read_argument(call("clone", {}), 0, text).has_value());
    }
}
