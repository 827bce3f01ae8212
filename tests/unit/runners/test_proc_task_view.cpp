#include "harness/decode/call_text.h"
#include "runners/proc_task_view.h"
#include "tests/support/fake_task.h"

#include <catch2/catch.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

using callgate::decode::call_text;
using callgate::runners::ProcTaskView;
using namespace callgate::tests;

TEST_CASE("a live task is read up to the end of what is mapped", "[runners]") {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* const mapped = ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    REQUIRE(::munmap(static_cast<char*>(mapped) + page, page) == 0);
    const std::string_view text = "/at/the/border";
    char* const start = static_cast<char*>(mapped) + page - text.size();
    std::copy(text.begin(), text.end(), start);
    const auto address = reinterpret_cast<std::uint64_t>(start);

    const ProcTaskView self{::getpid()};
    CHECK(self.read(address, 256) == text);
    CHECK(self.read(address, 3) == "/at");
    CHECK(self.read(address + text.size(), 256).empty());
    CHECK(self.read(0, 256).empty());
    CHECK(self.read(0xffffffffffffffff, 256).empty());
    CHECK(call_text(call("rmdir", {address}), self) == R"(rmdir("/at/the/border"…))");
    REQUIRE(::munmap(mapped, page) == 0);
}

TEST_CASE("a live task's descriptors have names", "[runners]") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const ProcTaskView self{::getpid()};
    CHECK(self.descriptor(ends[0]).starts_with("pipe:["));
    CHECK(self.descriptor(-1).empty());
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(self.descriptor(ends[0]).empty());
    CHECK(ProcTaskView{-1}.read(0x1000, 16).empty());
}
