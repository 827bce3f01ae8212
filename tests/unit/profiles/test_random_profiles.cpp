// Random profiles, compiled by libseccomp: what is proven of the filters is what they answer.
#include "harness/bpf/partition.h"
#include "profiles/builder.h"
#include "tests/support/random_profiles.h"
#include "tests/support/region_checks.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

TEST_CASE("the regions of random profiles are what their filters answer", "[profiles][bpf]") {
    constexpr unsigned kProfiles = 250;
    unsigned compiled = 0;
    unsigned alike = 0;
    for (unsigned seed = 0; seed < kProfiles; ++seed) {
        test::ProfileSource source{seed};
        const auto text = test::random_text(source);
        INFO("seed " << seed << "\n" << text);
        const auto profile = test::profile_in(text);
        REQUIRE(profile);
        const auto list = build(*profile, Returns::actions, Layout::list);
        const auto tree = build(*profile, Returns::actions, Layout::tree);
        if (!list || !tree) continue;  // two of the rules contradict each other
        ++compiled;
        for (const auto* program : {&list->program, &tree->program}) {
            const auto regions = bpf::partition(*program);
            REQUIRE(regions);
            REQUIRE(test::wrong_with(*regions, *program, test::calls_around({*program}, source.engine(), 200)) == "");
        }
        const auto differences = bpf::compare(list->program, tree->program);
        REQUIRE(differences);
        const auto calls = test::calls_around({list->program, tree->program}, source.engine(), 100);
        REQUIRE(test::wrong_with(*differences, list->program, tree->program, bpf::every_bit, calls) == "");
        if (differences->empty()) ++alike;
    }
    CHECK(compiled > kProfiles / 3);
    // Not all: libseccomp 2.5 gets some argument rules wrong in the list. What differs was compared with evaluate().
    CHECK(alike > compiled * 9 / 10);
}

TEST_CASE("list and tree of published profiles are proven to be equal", "[profiles][bpf]") {
    for (const auto& path : published_profiles()) {
        INFO(path);
        core::Diagnostics diagnostics;
        const auto profile = load(source_of(file_text(path.string())), diagnostics);
        if (!profile) continue;
        const auto list = build(*profile, Returns::actions, Layout::list);
        const auto tree = build(*profile, Returns::actions, Layout::tree);
        if (!list || !tree) continue;
        const auto differences = bpf::compare(list->program, tree->program);
        REQUIRE(differences);
        CHECK(differences->empty());
        const auto regions = bpf::partition(tree->program);
        REQUIRE(regions);
        std::mt19937 random{1};
        CHECK(test::wrong_with(*regions, tree->program, test::calls_around({tree->program}, random, 500)) == "");
    }
}

TEST_CASE("a rule's comparison of 64 bits is found again in the filter", "[profiles][bpf]") {
    const auto [op, value, second, words] = GENERATE(table<std::string, std::uint64_t, std::uint64_t, std::string>({
        {"EQ", 0x100000002, 0, "arg1 == 0x100000002"},
        {"NE", 0x100000002, 0, "arg1 != 0x100000002"},
        {"GE", 0x100000002, 0, "arg1 >= 0x100000002"},
        {"GT", 0x100000002, 0, "arg1 >= 0x100000003"},
        {"LE", 0x100000002, 0, "arg1 <= 0x100000002"},
        {"LT", 0x100000002, 0, "arg1 <= 0x100000001"},
        {"LT", 0x100000000, 0, "arg1 < 0x100000000"},
        {"MASKED_EQ", 0xf000000ff, 0x300000001, "arg1 & 0xf000000ff == 0x300000001"},
        {"MASKED_EQ", 0x7e020000, 0, "arg1 & 0x7e020000 == 0"},
        {"MASKED_EQ", 0xffffffff, 7, "arg1 & 0xffffffff == 7"},
    }));
    const auto profile = profile_of(fmt::format(R"({{"defaultAction": "SCMP_ACT_ERRNO",
        "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [{{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW",
        "args": [{{"index": 1, "value": {}, "valueTwo": {}, "op": "SCMP_CMP_{}"}}]}}]}})",
                                                value, second, op));
    const auto layout = GENERATE(Layout::list, Layout::tree);
    const auto built = build(profile, Returns::actions, layout);
    REQUIRE(built);
    const auto call = call_of("x86_64", "ioctl");
    const auto regions = bpf::partition(built->program, call.audit_arch, call.nr);
    REQUIRE(regions);
    REQUIRE(regions->size() == 2);
    const auto& allowed = (*regions)[regions->front().returned == 0x7fff0000 ? 0 : 1];
    CHECK(bpf::to_words(allowed.condition) == words);
}

}  // namespace callgate::profiles
