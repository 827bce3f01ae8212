#include "runners/trap/watches.h"
#include "small_filter.h"

#include <catch2/catch.hpp>

#include <linux/sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>

namespace callgate::runners {

namespace {

using tests::native_call;

constexpr std::array kAll{Watch::untraced_clone, Watch::clone3, Watch::load_filter, Watch::ptrace, Watch::io_uring};
constexpr std::uint64_t kUpperHalf = 0xdead00000000;

}  // namespace

TEST_CASE("a watched call is told by its number and by the low half of its first argument", "[runners]") {
    struct Row {
        std::string name;
        std::uint64_t first;
        std::optional<Watch> kind;
    };
    const auto row = GENERATE(values<Row>({
        {"clone", CLONE_UNTRACED | CLONE_VM, Watch::untraced_clone},
        {"clone", kUpperHalf | CLONE_UNTRACED, Watch::untraced_clone},
        {"clone", CLONE_VM, std::nullopt},
        {"clone", std::uint64_t{CLONE_UNTRACED} << 32U, std::nullopt},
        {"clone3", 0, Watch::clone3},
        {"seccomp", 1, Watch::load_filter},
        {"prctl", PR_SET_SECCOMP, Watch::load_filter},
        {"prctl", kUpperHalf | PR_SET_SECCOMP, Watch::load_filter},
        {"prctl", PR_SET_NAME, std::nullopt},
        {"ptrace", 0, Watch::ptrace},
        {"io_uring_setup", 8, Watch::io_uring},
        {"getppid", CLONE_UNTRACED, std::nullopt},
    }));
    INFO(row.name << ' ' << row.first);
    CHECK(Watches{kAll}.kind_of(native_call(row.name, {row.first})) == row.kind);
}

TEST_CASE("a trap watches what it asked for, by every ABI of the machine", "[runners]") {
    constexpr std::array kSome{Watch::ptrace};
    const Watches some{kSome};
    CHECK_FALSE(some.kind_of(native_call("io_uring_setup")));
    const auto numbers = numbers_of("ptrace");
    REQUIRE(numbers.size() > 1);
    CHECK(some.calls().size() == numbers.size());
    for (const auto& [arch, nr] : numbers) {
        model::Call call;
        call.audit_arch = arch;
        call.nr = nr;
        CHECK(some.kind_of(call) == Watch::ptrace);
    }
}

}  // namespace callgate::runners
