#include "harness/decode/witness_text.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

using callgate::decode::argument_name;
using callgate::decode::kInstructionPointer;
using callgate::decode::Touched;
using callgate::decode::witness_text;
using namespace callgate::tests;

namespace {

using Args = std::vector<std::uint64_t>;

Touched touched(const std::vector<unsigned>& indices) {
    Touched all;
    for (const auto i : indices) all.set(i);
    return all;
}

}  // namespace

TEST_CASE("a witness shows the arguments that matter, by name", "[decode]") {
    const auto [name, args, indices, wanted] = GENERATE(table<std::string, Args, std::vector<unsigned>, std::string>({
        {"clone", {0x10000000}, {0}, "clone(flags=CLONE_NEWUSER)"},
        {"clone", {0x10000011}, {0}, "clone(flags=CLONE_NEWUSER|SIGCHLD)"},
        {"socket", {38, 5, 0}, {0}, "socket(family=AF_ALG)"},
        {"socket", {16, 3, 9}, {0, 2}, "socket(family=AF_NETLINK, protocol=NETLINK_AUDIT)"},
        {"ioctl", {0, 0x5412}, {1}, "ioctl(cmd=TIOCSTI)"},
        {"mkdir", {0, 0755}, {}, "mkdir()"},
        {"mkdir", {0, 0755}, {1}, "mkdir(mode=0755)"},
        {"personality", {0xffffffff}, {0}, "personality(personality=0xffffffff)"},
        {"getpid", {7}, {0}, "getpid(arg0=0x7)"},
    }));
    CHECK(witness_text(call(name, args), touched(indices)) == wanted);
}

TEST_CASE("bits of a register that the kernel does not read make a value a number", "[decode]") {
    CHECK(witness_text(call("socket", {0x100000026}), touched({0})) == "socket(family=0x100000026)");
    CHECK(witness_text(call("mmap", {0, 0x100000000}), touched({1})) == "mmap(len=4294967296)");
}

TEST_CASE("what one argument says of another counts only when it matters too", "[decode]") {
    // 15 is PR_SET_NAME in the first argument: the second one is a name then.
    CHECK(witness_text(call("prctl", {22, 2}), touched({0, 1})) ==
          "prctl(option=PR_SET_SECCOMP, arg2=SECCOMP_MODE_FILTER)");
    CHECK(witness_text(call("prctl", {22, 2}), touched({1})) == "prctl(arg2=0x2)");
}

TEST_CASE("an argument that the call would not look at is shown all the same", "[decode]") {
    CHECK(witness_text(call("openat", {0, 0, 0, 0644}), touched({3})) == "openat(mode=0x1a4)");
}

TEST_CASE("a witness may be about the instruction pointer, and about a number without a name", "[decode]") {
    auto made = call("read", {});
    made.instruction_pointer = 0x1000;
    CHECK(witness_text(made, touched({kInstructionPointer})) == "read(instruction_pointer=0x1000)");
    made.nr = 999;
    made.args.fill(0);
    CHECK(witness_text(made, touched({2})) == "syscall 999(arg2=0x0)");
}

TEST_CASE("arguments are called what the kernel calls them", "[decode]") {
    CHECK(argument_name(call("clone", {}), 0) == "flags");
    CHECK(argument_name(call("socket", {}), 1) == "type");
    CHECK(argument_name(call("getpid", {}), 0) == "arg0");
}
