#include "runners/trap/refusal_log.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace callgate::runners {

namespace {

constexpr std::uint32_t kArch = 0xC000003E;  // AUDIT_ARCH_X86_64
constexpr std::size_t kMostSites = 10'000;   // as the log says

Site site(std::int32_t nr, std::uint64_t address, int phase = 0, bool happened = false) {
    return {kArch, nr, address, 0, phase, happened};
}

/// What a stop does: counts, and resolves the address only when it is new.
void see(RefusalLog& log, const Site& at, const std::string& module = {}, std::uint64_t offset = 0) {
    if (log.count(at)) return;
    model::Refusal first;
    first.call = {at.nr, at.audit_arch, at.instruction_pointer, {}};
    first.phase = at.phase;
    first.happened = at.happened;
    if (!module.empty() || offset != 0) {
        first.stack.resize(1);
        first.stack.front().module = module;
        first.stack.front().offset = offset;
    }
    log.add(at, std::move(first));
}

/// "41@1000 phase 0 x2" for each.
std::vector<std::string> told(const RefusalLog& log) {
    std::vector<std::string> lines;
    for (const auto& refusal : log.all()) {
        lines.push_back(fmt::format("{}@{:x} phase {}{} x{}", refusal.call.nr, refusal.call.instruction_pointer,
                                    refusal.phase, refusal.happened ? " refused" : "", refusal.count));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a new refusal log is empty and knows no site", "[runners]") {
    RefusalLog log;
    CHECK(log.total() == 0);
    CHECK(log.all().empty());
    CHECK_FALSE(log.count(site(41, 0x1000)));
    CHECK(log.total() == 0);
}

TEST_CASE("refusals at one site are counted exactly, the first one stays", "[runners]") {
    RefusalLog log;
    for (int i = 0; i < 3; ++i) see(log, site(41, 0x1000));
    CHECK(told(log) == Lines{"41@1000 phase 0 x3"});
    CHECK(log.total() == 3);
}

TEST_CASE("another call, address, phase or fate is another refusal, in order of appearance", "[runners]") {
    RefusalLog log;
    see(log, site(59, 0x2000));
    see(log, site(41, 0x1000));
    see(log, site(41, 0x1001));
    see(log, site(41, 0x1000, 1));
    see(log, site(41, 0x1000, 1, true));
    see(log, site(41, 0x1000));
    see(log, {0x40000003, 41, 0x1000, 0, false});
    CHECK(told(log) == Lines{"59@2000 phase 0 x1", "41@1000 phase 0 x2", "41@1001 phase 0 x1", "41@1000 phase 1 x1",
                             "41@1000 phase 1 refused x1", "41@1000 phase 0 x1"});
    CHECK(log.total() == 7);
}

TEST_CASE("the same place of a module mapped elsewhere is the same refusal", "[runners]") {
    RefusalLog log;
    see(log, site(41, 0x1000), "/usr/lib/libc.so.6", 0x77);
    see(log, site(41, 0x5000), "/usr/lib/libc.so.6", 0x77);
    see(log, site(41, 0x5000), "/usr/lib/libc.so.6", 0x77);
    CHECK(told(log) == Lines{"41@1000 phase 0 x3"});
    CHECK(log.total() == 3);
}

TEST_CASE("the same place of a module stays apart by module, offset, call, phase and fate", "[runners]") {
    RefusalLog log;
    see(log, site(41, 0x1000), "/usr/lib/libc.so.6", 0x77);
    see(log, site(41, 0x2000), "/usr/lib/libm.so.6", 0x77);
    see(log, site(41, 0x3000), "/usr/lib/libc.so.6", 0x78);
    see(log, site(42, 0x4000), "/usr/lib/libc.so.6", 0x77);
    see(log, site(41, 0x5000, 1), "/usr/lib/libc.so.6", 0x77);
    see(log, site(41, 0x6000, 0, true), "/usr/lib/libc.so.6", 0x77);
    CHECK(log.all().size() == 6);
    CHECK(log.total() == 6);
}

TEST_CASE("anonymous memory is no module: addresses there stay apart", "[runners]") {
    RefusalLog log;
    see(log, site(41, 0x1000), "", 0x77);
    see(log, site(41, 0x2000), "", 0x77);
    CHECK(told(log) == Lines{"41@1000 phase 0 x1", "41@2000 phase 0 x1"});
}

TEST_CASE("beyond so many sites only calls, phases and fates are told apart, and counts stay exact", "[runners]") {
    RefusalLog log;
    for (std::size_t i = 0; i < kMostSites; ++i) see(log, site(41, 0x10000 + i));
    REQUIRE(log.all().size() == kMostSites);

    for (std::uint64_t i = 0; i < 500; ++i) see(log, site(41, 0x900000 + i));
    for (std::uint64_t i = 0; i < 20; ++i) see(log, site(42, 0x900000 + i), "/usr/lib/libc.so.6", i);
    for (std::uint64_t i = 0; i < 7; ++i) see(log, site(41, 0x900000 + i, 1));
    see(log, site(41, 0x900000, 1, true));
    see(log, site(41, 0x10000));  // known before, so it keeps its own count

    CHECK(log.total() == kMostSites + 529);
    const auto lines = told(log);
    REQUIRE(lines.size() == kMostSites + 4);
    CHECK(lines.front() == "41@10000 phase 0 x2");
    CHECK(Lines(lines.end() - 4, lines.end()) == Lines{"41@900000 phase 0 x500", "42@900000 phase 0 x20",
                                                       "41@900000 phase 1 x7", "41@900000 phase 1 refused x1"});
    std::uint64_t sum = 0;
    for (const auto& refusal : log.all()) sum += refusal.count;
    CHECK(sum == log.total());
}

TEST_CASE("a refusal log is read while it is written", "[runners]") {
    RefusalLog log;
    constexpr std::uint64_t kCalls = 2'000;
    std::uint64_t seen = 0;
    {
        const std::jthread writer{[&] {
            for (std::uint64_t i = 0; i < kCalls; ++i) see(log, site(41, 0x1000 + i % 10));
        }};
        while (log.total() < kCalls) seen = log.all().size();
    }
    CHECK(seen <= 10);
    CHECK(log.all().size() == 10);
    CHECK(log.total() == kCalls);
}

}  // namespace callgate::runners
