#include "harness/bpf/evaluate.h"
#include "profiles/builder.h"
#include "profiles/semantics.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace callgate::profiles {

namespace {

/// `count` names in one rule, none of them with arguments.
std::string profile_of_names(std::size_t count) {
    std::string names;
    for (int number = 0; count > 0; ++number) {
        const auto name = model::syscall_name(model::audit_arch(model::native_arch()), number);
        if (!model::libseccomp_knows(name)) continue;
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
        --count;
    }
    return fmt::format(
        R"({{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{{"names": [{}], "action": "SCMP_ACT_ALLOW"}}]}})", names);
}

/// A profile with argument rules of every operator on three architectures, beside enough others for a tree.
std::string profile_with_arguments() {
    std::string rules;
    int value = 0;
    for (const auto* name : {"socket", "clone", "personality", "prctl", "ioctl", "fcntl", "madvise", "kill"}) {
        for (const auto* op : {"EQ", "NE", "GT", "LE", "MASKED_EQ"}) {
            rules += fmt::format(
                R"(, {{"names": ["{}"], "action": "SCMP_ACT_ERRNO", "errnoRet": {},
                    "args": [{{"index": {}, "value": {}, "valueTwo": 2, "op": "SCMP_CMP_{}"}}]}})",
                name, value % 3 + 2, value % 4, value % 7 * 8, op);
            ++value;
        }
    }
    return R"({"defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64"],
        "syscalls": [{"names": ["read", "write", "futex", "mkdir", "openat"], "action": "SCMP_ACT_KILL_PROCESS"})" +
           rules + "]}";
}

/// Compares both layouts over every number, on the profile's architectures and one more, with and without x32's bit.
void check_layouts_agree(const model::Profile& profile, Returns returns) {
    const auto list = build(profile, returns, Layout::list);
    const auto tree = build(profile, returns, Layout::tree);
    REQUIRE(list.has_value() == tree.has_value());
    if (!list) return;
    constexpr std::array<std::uint64_t, 9> kValues{0, 1, 2, 8, 16, 40, 0x7e020000, 0xffffffff, ~0ULL};
    constexpr int kNumbers = 600;  // more than any architecture has here
    constexpr int kX32 = 0x40000000;
    auto archs = effective_archs(profile);
    archs.push_back(model::known_archs().back().arch);
    std::size_t different = 0;
    for (const auto arch : archs) {
        for (int i = -2; i < 2 * kNumbers; ++i) {
            for (const auto value : kValues) {
                model::Call call{i < kNumbers ? i : i - kNumbers + kX32, model::audit_arch(arch), 0, {}};
                call.args.fill(value);
                const bool same = bpf::evaluate(list->program, call) == bpf::evaluate(tree->program, call);
                if (!same && different++ == 0) {
                    UNSCOPED_INFO(fmt::format("first: {} {} of {:#x}", model::arch_name(arch), call.nr, value));
                }
            }
        }
    }
    CHECK(different == 0);
}

}  // namespace

TEST_CASE("more than 32 names make a tree, as in runc", "[profiles]") {
    CHECK(runtime_layout(profile_of(profile_of_names(32))) == Layout::list);
    CHECK(runtime_layout(profile_of(profile_of_names(33))) == Layout::tree);
    const auto profile = profile_of(profile_of_names(200));
    const auto as_runc = build(profile, Returns::actions);
    const auto list = build(profile, Returns::actions, Layout::list);
    REQUIRE(as_runc.has_value());
    REQUIRE(list.has_value());
    CHECK(as_runc->program.size() > list->program.size());
}

TEST_CASE("tree and list answer alike", "[profiles]") {
    const auto returns = GENERATE(Returns::actions, Returns::rules, Returns::entries);
    check_layouts_agree(profile_of(profile_of_names(200)), returns);
    check_layouts_agree(profile_of(profile_with_arguments()), returns);
    for (const auto& path : published_profiles()) {
        INFO(path);
        core::Diagnostics diagnostics;
        const auto profile = load(source_of(file_text(path.string())), diagnostics);
        if (profile) check_layouts_agree(*profile, returns);
    }
}

}  // namespace callgate::profiles
