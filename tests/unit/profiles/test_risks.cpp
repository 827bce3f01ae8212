#include "harness/bpf/condition.h"
#include "harness/model/arch.h"
#include "harness/model/syscall_table.h"
#include "profiles/risks.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace callgate::profiles {

TEST_CASE("every risk is of a system call, is listed once and says what it lets an attacker do", "[profiles]") {
    std::set<std::tuple<std::string_view, unsigned, std::uint64_t, std::uint64_t>> seen;
    RiskClass last = RiskClass::kernel;
    for (const auto& risk : risks()) {
        INFO(risk.syscall);
        CHECK(model::find_syscall(risk.syscall) != nullptr);
        CHECK(seen.emplace(risk.syscall, risk.argument, risk.mask, risk.value).second);
        CHECK(risk.argument < 6);
        CHECK((risk.value & ~risk.mask) == 0);
        CHECK(!risk.lets.empty());
        CHECK(risk.lets.back() != '.');
        CHECK(last <= risk.reaches);
        last = risk.reaches;
    }
}

TEST_CASE("the risks of a call are found by its name, those about an argument first", "[profiles]") {
    CHECK(risks_of("getpid").empty());
    REQUIRE(risks_of("ptrace").size() == 1);
    const auto of_socket = risks_of("socket");
    REQUIRE(!of_socket.empty());
    CHECK(std::all_of(of_socket.begin(), of_socket.end(), [](const Risk* risk) { return risk->mask != 0; }));
}

TEST_CASE("a risk speaks of the argument that the architecture has", "[profiles]") {
    const auto* risk = risks_of("clone").front();
    const auto archs = model::known_archs();
    for (const auto& info : archs) {
        INFO(info.short_name);
        const bool backwards = info.short_name.starts_with("s390");
        CHECK(argument_of(*risk, info.arch) == (backwards ? 1 : 0));
        model::Call call;
        call.args.at(backwards ? 1 : 0) = 0x10000011;
        CHECK(bpf::holds(condition_of(*risk, info.arch), call));
        call.args.fill(0);
        CHECK(!bpf::holds(condition_of(*risk, info.arch), call));
    }
}

TEST_CASE("asking for the personality is no risk", "[profiles]") {
    for (const auto* risk : risks_of("personality")) {
        model::Call call;
        call.args.fill(0xffffffff);
        CHECK_FALSE(bpf::holds(condition_of(*risk, model::native_arch()), call));
        call.args.fill(risk->value);
        CHECK(bpf::holds(condition_of(*risk, model::native_arch()), call));
    }
}

TEST_CASE("a class of risks is found by its name", "[profiles]") {
    for (const auto reaches : risk_classes()) CHECK(class_named(name_of(reaches)) == reaches);
    CHECK_FALSE(class_named("kernle").has_value());
}

}  // namespace callgate::profiles
