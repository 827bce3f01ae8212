#include "harness/core/printable.h"
#include "harness/decode/call_text.h"
#include "harness/decode/values.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

#include <algorithm>

using callgate::decode::call_text;
using callgate::decode::quoted;
using namespace callgate::tests;

namespace {

constexpr std::uint64_t kText = 0x10000;

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE("text of a workload cannot leave its quotes or steer a terminal", "[decode]") {
    const auto [text, wanted] = GENERATE(table<std::string, std::string>({
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"\x1b[31mred", R"("\x1b[31mred")"},
        {R"(a", O_RDWR)", R"("a\", O_RDWR")"},
        {R"(C:\x1b)", R"("C:\\x1b")"},
        {"two\nlines\r\tand", R"("two\nlines\r\tand")"},
        {"\xe2\x80\xaegnp.exe", R"("\u{202e}gnp.exe")"},
        {"\xff\xfe\xc3", R"("\xff\xfe\xc3")"},
        {"Grüße", R"("Grüße")"},
    }));
    CHECK(quoted(text) == wanted);
    FakeTask task;
    task.text(kText, text);
    CHECK(call_text(call("rmdir", {kText}), task) == "rmdir(" + wanted + ")");
}

TEST_CASE("a descriptor's name cannot leave its brackets", "[decode]") {
    FakeTask task;
    task.open(3, "/a>, b\n\x1b").open(4, repeated("x", 300));
    CHECK(call_text(call("close", {3}), task) == R"(close(3 </a\>, b\n\x1b>))");
    CHECK(call_text(call("close", {4}), task) == "close(4 <" + repeated("x", 256) + "…>)");
    CHECK(call_text(call("close", {minus(1)}), task) == "close(-1)");
    CHECK(call_text(call("close", {minus(100)}), task) == "close(-100)");
}

TEST_CASE("a string is cut after 256 bytes, at a character's border", "[decode]") {
    CHECK(quoted(repeated("x", 256)) == '"' + repeated("x", 256) + '"');
    CHECK(quoted(repeated("x", 257)) == '"' + repeated("x", 256) + "\"…");
    CHECK(quoted(repeated("x", 255) + "ü") == '"' + repeated("x", 255) + "\"…");
    CHECK(quoted(repeated("\x80", 300)) == '"' + repeated("\\x80", 256) + "\"…");
}

TEST_CASE("what cannot be read is shown as a pointer", "[decode]") {
    FakeTask task;
    task.put(kText, "/no/end");
    CHECK(call_text(call("rmdir", {0}), task) == "rmdir(NULL)");
    CHECK(call_text(call("rmdir", {0x666}), task) == "rmdir(0x666)");
    CHECK(call_text(call("rmdir", {0xffffffffffffffff}), task) == "rmdir(0xffffffffffffffff)");
    CHECK(call_text(call("rmdir", {kText}), task) == R"(rmdir("/no/end"…))");
    CHECK(call_text(call("execve", {0x666, 0x777, 0x888}), task) == "execve(0x666, 0x777, 0x888)");
    CHECK(call_text(call("connect", {3, 0x666, 16}), task) == "connect(3, 0x666, 16)");
    CHECK(call_text(call("clone3", {0x666, 88}), task) == "clone3(0x666, 88)");
    CHECK(call_text(call("openat2", {3, 0, 0x666, 24}), task) == "openat2(3, NULL, 0x666, 24)");
    CHECK(call_text(call("nanosleep", {0x666, 0}), task) == "nanosleep(0x666, NULL)");
    CHECK(call_text(call("prlimit64", {0, 7, 0x666, 0}), task) == "prlimit64(0, RLIMIT_NOFILE, 0x666, NULL)");
    CHECK(call_text(call("sched_setparam", {0, 0x666}), task) == "sched_setparam(0, 0x666)");
}

TEST_CASE("no call's text leaves its line, whatever its arguments are", "[decode]") {
    const std::string hostile = "\x1b]0;x\x07\n\"\\>\xff" + repeated("\xe2\x80\xae", 200);
    FakeTask task;
    task.put(0, repeated(hostile, 100)).open(1, hostile);
    for (const std::string_view on : {"x86_64", "i386", "x32", "aarch64", "arm"}) {
        const auto base = on == "x32" ? 0x40000000 : 0;
        for (std::int32_t nr = -2; nr < 480; ++nr) {
            for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}, minus(1)}) {
                callgate::model::Call made{.nr = base + nr, .audit_arch = callgate::model::audit_arch(arch(on))};
                made.args.fill(value);
                const auto text = call_text(made, task);
                INFO(on << ' ' << nr << ' ' << value);
                REQUIRE(text == callgate::core::printable(text));
                REQUIRE(text.back() == ')');
                REQUIRE(text.size() < 32768);
            }
        }
    }
}
