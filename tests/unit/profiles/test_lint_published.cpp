// Lint over profiles that people published, and over hostile ones: it ends, and what it says has a place.
#include "tests/unit/profiles/lint_text.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace callgate::profiles {

namespace {

/// Far more than any profile needs on a busy machine, and far less than what has no bound.
constexpr std::chrono::seconds kBound{60};

std::string hostile(std::size_t rules) {
    std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)";
    for (std::size_t i = 0; i < rules; ++i) {
        text += R"({"names": ["ioctl", "fcntl"], "action": "SCMP_ACT_)" + std::string{i % 2 == 0 ? "ALLOW" : "LOG"} +
                R"(", "args": [{"index": 1, "value": )" + std::to_string(i / 2) + R"(, "op": "SCMP_CMP_EQ"}]},)";
    }
    return text + R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})";
}

}  // namespace

TEST_CASE("lint looks through every published profile that is read, in bounded time", "[profiles][lint]") {
    for (const auto& path : published_profiles()) {
        INFO(path);
        const auto begin = std::chrono::steady_clock::now();
        const Linted linted{file_text(path.string())};
        CHECK(std::chrono::steady_clock::now() - begin < kBound);
        for (const auto& finding : linted.findings()) {
            INFO(finding.rule->id << " " << headline(finding));
            CHECK(finding.span.known());
            CHECK(!finding.fix.empty());
            CHECK(!finding.message.empty());
        }
    }
}

TEST_CASE("thousands of rules that contradict each other end in bounded time", "[profiles][lint]") {
    const auto begin = std::chrono::steady_clock::now();
    const Linted linted{hostile(9'000)};
    CHECK(std::chrono::steady_clock::now() - begin < kBound);
    CHECK(linted.subject().filter() == nullptr);
    CHECK(!linted.subject().failure().empty());
    CHECK(!linted.findings().empty());
}

}  // namespace callgate::profiles
