#include "harness/model/recording.h"
#include "harness/model/syscall_table.h"

#include <catch2/catch.hpp>

#include <algorithm>

using callgate::model::recorded_arguments;
using callgate::model::RecordedArguments;

TEST_CASE("the table of recorded arguments is sorted, and names calls that there are", "[model]") {
    const auto all = recorded_arguments();
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.call < b.call; }));
    for (const auto& row : all) {
        INFO(row.call);
        CHECK(callgate::model::find_syscall(row.call) != nullptr);
        CHECK(recorded_arguments(row.call) == &row);
        CHECK_FALSE(row.arguments.empty());
        CHECK(row.arguments.size() <= RecordedArguments::kMostArguments);
    }
    CHECK(recorded_arguments("getppid") == nullptr);
    CHECK(recorded_arguments("zzz") == nullptr);
}

TEST_CASE("on x86_64 a recorded argument is an address exactly where the table says so", "[model]") {
    const auto arch = callgate::model::arch_from_oci("SCMP_ARCH_X86_64");
    REQUIRE(arch);
    for (const auto& row : recorded_arguments()) {
        const auto registers = callgate::model::parameters(*arch, row.call);
        if (!registers || !row.options.empty()) continue;
        for (const auto place : row.arguments) {
            INFO(row.call << " " << int{place});
            REQUIRE(place < registers->size());
            CHECK(callgate::model::is_address((*registers)[place].kind) == row.in_memory);
        }
    }
}
