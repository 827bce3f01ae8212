#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "harness/model/action.h"
#include "harness/model/syscall_table.h"
#include "profiles/resolve.h"
#include "profiles/runtime_defaults.h"
#include "profiles/score.h"
#include "profiles/score_report.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace callgate::profiles {

namespace {

Filter filter_of(const std::string& text, const std::string& name = "p.json") {
    auto filter = Filter::of(profile_of(text, name));
    REQUIRE(filter.has_value());
    return std::move(*filter);
}

Score scored(const std::string& text) {
    const auto filter = filter_of(text);
    auto found = score(filter);
    REQUIRE(found.has_value());
    return std::move(*found);
}

const ClassScore& of_class(const ArchScore& arch, RiskClass reaches) {
    const auto found = std::find_if(arch.classes.begin(), arch.classes.end(),
                                    [&](const ClassScore& one) { return one.reaches == reaches; });
    REQUIRE(found != arch.classes.end());
    return *found;
}

const ScoredRisk& of_call(const ArchScore& arch, std::string_view syscall, std::uint64_t value = 0) {
    for (const auto& one : arch.classes) {
        for (const auto& risk : one.risks) {
            if (risk.risk->syscall == syscall && risk.risk->value == value) return risk;
        }
    }
    FAIL("no risk " << syscall);
    return arch.classes.front().risks.front();
}

constexpr std::uint64_t kNewUser = 0x1000'0000;
constexpr std::uint64_t kTiocsti = 0x5412;

const std::string kFiltered = R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
 "syscalls": [
 {"names": ["read", "bpf"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["mkdir"], "action": "SCMP_ACT_LOG"},
 {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
  "args": [{"index": 0, "value": 268435456, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]},
 {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 3, "value": 4096, "op": "SCMP_CMP_EQ"}]},
 {"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 21522, "op": "SCMP_CMP_NE"}]},
 {"names": ["write"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]})";

}  // namespace

TEST_CASE("calls are counted by whether they happen always, with some arguments, or never", "[profiles]") {
    const auto found = scored(kFiltered);
    REQUIRE(found.archs.size() == 1);
    const auto& arch = found.archs.front();
    CHECK(arch.always == std::vector<std::string>{"bpf", "mkdir", "read"});
    CHECK(arch.sometimes == std::vector<std::string>{"clone", "ioctl", "mount"});
    CHECK(arch.permitted() == 6);
    // Every number that the table has for the architecture is counted once.
    std::set<std::int32_t> numbers;
    for (const auto& info : model::all_syscalls()) {
        if (const auto nr = model::table_number(arch.arch, info.name)) numbers.insert(*nr);
    }
    CHECK(arch.known() == numbers.size());
}

TEST_CASE("a dangerous call is counted with the arguments that make it so", "[profiles]") {
    const auto found = scored(kFiltered);
    const auto& arch = found.archs.front();
    CHECK(of_call(arch, "bpf").happens == Happens::always);
    CHECK(of_call(arch, "clone", kNewUser).happens == Happens::never);
    CHECK(of_call(arch, "mount").happens == Happens::sometimes);
    CHECK(of_call(arch, "mount").witness.find("mount(flags=") == 0);
    // 64 bits are compared and 32 are looked at: a command with a bit above them passes.
    CHECK(of_call(arch, "ioctl", kTiocsti).happens == Happens::sometimes);
    CHECK(of_call(arch, "ioctl", 0x541c).happens == Happens::always);
    CHECK(of_class(arch, RiskClass::kernel).permitted() == 1);
    CHECK(of_class(arch, RiskClass::namespaces).permitted() == 0);
    CHECK(of_class(arch, RiskClass::terminal).permitted() == 2);
    CHECK(arch.classes.size() == risk_classes().size());
}

TEST_CASE("every architecture is counted, x32 apart from x86_64", "[profiles]") {
    const auto found = scored(R"({"defaultAction": "SCMP_ACT_ERRNO",
 "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
 "syscalls": [{"names": ["read", "umount"], "action": "SCMP_ACT_ALLOW"}]})");
    REQUIRE(found.archs.size() == 3);
    CHECK(found.archs[0].always == std::vector<std::string>{"read"});
    CHECK(found.archs[1].always == std::vector<std::string>{"read", "umount"});
    CHECK(found.archs[2].always == std::vector<std::string>{"read"});
}

TEST_CASE("a filter without a profile, even one that asks for no architecture, is counted", "[profiles]") {
    const Filter everything{"all.bpf", {{0x06, 0, 0, 0x7fff0000}}};
    const auto found = score(everything);
    REQUIRE(found.has_value());
    REQUIRE(found->archs.size() == 1);
    CHECK(found->archs.front().never.empty());
    CHECK(of_call(found->archs.front(), "clone", kNewUser).happens == Happens::always);
}

TEST_CASE("beside another filter it is said what happens under one of them alone", "[profiles]") {
    const auto filter = filter_of(kFiltered);
    std::vector<Filter> others;
    others.push_back(filter_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
 "syscalls": [{"names": ["read", "clone", "write"], "action": "SCMP_ACT_ALLOW"}]})",
                               "q.json"));
    const auto found = score(filter, others);
    REQUIRE(found.has_value());
    REQUIRE(found->beside.size() == 1);
    CHECK(found->beside.front().name == "q.json");
    CHECK(found->beside.front().more == std::vector<std::string>{"bpf", "ioctl", "mkdir", "mount"});
    CHECK(found->beside.front().fewer == std::vector<std::string>{"clone", "write"});
}

TEST_CASE("a gate that is exceeded is told with by how much, and one that is just met is not", "[profiles]") {
    const auto found = scored(kFiltered);
    CHECK(exceeded(found, {6, {}}).empty());
    const auto over = exceeded(found, {4, {}});
    REQUIRE(over.size() == 1);
    CHECK(words_of(over.front()) == "permits 6 calls, 2 more than --max-permitted 4");
    CHECK(exceeded(found, {std::nullopt, {RiskClass::namespaces}}).empty());
    const auto dangerous = exceeded(found, {std::nullopt, {RiskClass::kernel, RiskClass::host}});
    REQUIRE(dangerous.size() == 1);
    CHECK(words_of(dangerous.front()) == "permits 1 dangerous call that --no-class kernel rules out: bpf()");
}

TEST_CASE("what is counted as never happening does not happen, in any published profile", "[profiles]") {
    std::size_t looked_at = 0;
    for (const auto& path : published_profiles()) {
        core::Diagnostics diagnostics;
        const auto profile = load(source_of(file_text(path.string()), path.filename().string()), diagnostics);
        if (!profile) continue;
        INFO(path);
        const auto filter = Filter::of(resolve(*profile, own_target(*profile, Version{6, 18, 0})).profile);
        if (!filter) continue;
        const auto found = score(*filter);
        REQUIRE(found.has_value());
        for (const auto& arch : found->archs) {
            const auto answers = [&](const std::string& name, std::uint64_t value) {
                const model::Call call{model::table_number(arch.arch, name).value_or(-1),
                                       model::audit_arch(arch.arch),
                                       0,
                                       {value, value, value, value, value, value}};
                return !model::refuses(filter->answer(call));
            };
            for (const auto value : {0ULL, 1ULL, 0x541cULL, 0x1000'0011ULL, ~0ULL}) {
                for (const auto& name : arch.never) CHECK_FALSE(answers(name, value));
                for (const auto& name : arch.always) CHECK(answers(name, value));
            }
            ++looked_at;
        }
    }
    CHECK(looked_at > 3);
}

TEST_CASE("the default profiles of four engines are known for two architectures, with their source", "[profiles]") {
    for (const auto* oci : {"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"}) {
        const auto known = runtime_defaults(model::arch_from_oci(oci).value());
        REQUIRE(known.size() == 4);
        for (const auto& one : known) {
            INFO(one.engine);
            CHECK(one.always > 200);
            CHECK(one.sometimes > 0);
            CHECK_FALSE(one.source.empty());
            CHECK_FALSE(one.libseccomp.empty());
        }
    }
    CHECK(runtime_defaults(model::arch_from_oci("SCMP_ARCH_S390X").value()).empty());
}

}  // namespace callgate::profiles
