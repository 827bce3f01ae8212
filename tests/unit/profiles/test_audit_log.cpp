// What whole logs say: counts, repetitions and what is missing.
#include "profiles/audit_log.h"
#include "profiles/audit_report.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sstream>

namespace callgate::profiles {

namespace {

std::string fields(int nr, const std::string& exe = "/srv/worker", const std::string& code = "0x50000") {
    const auto comm = exe.substr(exe.rfind('/') + 1);
    return fmt::format(
        "auid=0 uid=0 gid=0 ses=1 pid=7 comm=\"{}\" exe=\"{}\" sig=0 arch=c000003e syscall={} compat=0 ip=0x1 "
        "code={}\n",
        comm, exe, nr, code);
}

/// A record of dmesg, `serial` milliseconds after a moment.
std::string record(unsigned serial, int nr = 83, const std::string& exe = "/srv/worker",
                   const std::string& code = "0x50000") {
    return fmt::format("[ 1.0] audit: type=1326 audit(17000000{:02}.{:03}:{}): {}", serial / 1000, serial % 1000,
                       serial, fields(nr, exe, code));
}

AuditLog log_of(const std::vector<std::string>& texts) {
    AuditReader reader;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::istringstream in{texts[i]};
        REQUIRE(reader.read(in, fmt::format("{}.log", i + 1)));
    }
    return reader.finish();
}

std::uint64_t missing(const std::vector<std::pair<std::int64_t, std::uint32_t>>& events) {
    AuditSerials serials;
    for (const auto& [at_ms, serial] : events) serials.add("", at_ms, serial);
    return serials.gaps().missing;
}

}  // namespace

TEST_CASE("records are counted for each call, action and program", "[profiles]") {
    const auto log = log_of({record(1) + record(2, 83, "/bin/sh") + record(3) + record(4, 84) +
                             record(5, 83, "/srv/worker", "0x7ffc0000")});
    CHECK(log.lines == 5);
    CHECK(log.records.count == 5);
    REQUIRE(log.findings.size() == 3);
    CHECK(log.findings[0].call.nr == 83);
    CHECK(log.findings[0].refused());
    CHECK(log.findings[0].seen.count == 3);
    CHECK(log.findings[0].seen.first_ms == 1700000000001);
    CHECK(log.findings[0].seen.last_ms == 1700000000003);
    REQUIRE(log.findings[0].programs.size() == 2);
    CHECK(log.findings[0].programs[0].exe == "/srv/worker");
    CHECK(log.findings[0].programs[0].seen.count == 2);
    CHECK(log.findings[1].call.nr == 84);
    CHECK_FALSE(log.findings[2].refused());
    CHECK_FALSE(log.incomplete(false));
}

TEST_CASE("a record that comes twice counts once", "[profiles]") {
    SECTION("in two files") {
        const auto log = log_of({record(1) + record(2), record(2) + record(3)});
        CHECK(log.records.count == 3);
        CHECK(log.repeated == 1);
    }
    SECTION("by the journal's two ways, one of which has no number") {
        const auto log = log_of({"audit[7]: SECCOMP " + fields(83) + record(1) + "audit[7]: SECCOMP " + fields(83) +
                                 record(2) + "audit[7]: SECCOMP " + fields(83)});
        CHECK(log.records.count == 3);
        CHECK(log.repeated == 2);
    }
    SECTION("only the one without a number") {
        const auto log = log_of({"audit[7]: SECCOMP " + fields(83), "audit[7]: SECCOMP " + fields(83)});
        CHECK(log.records.count == 2);
        CHECK_FALSE(log.records.first_ms.has_value());
    }
}

TEST_CASE("numbers that are missing show that a log does not have all records", "[profiles]") {
    const auto log = log_of({record(1) + record(2) + record(7)});
    CHECK(log.gaps.missing == 4);
    CHECK(log.gaps.count == 1);
    REQUIRE(log.gaps.ranges.size() == 1);
    CHECK(log.gaps.ranges[0] == std::pair<std::uint32_t, std::uint32_t>{3, 6});
    CHECK(log.incomplete(false));
    CHECK_FALSE(log.incomplete(true));
    const auto both = log_of({record(1) + record(7), record(2) + record(3) + record(4) + record(6) + record(5)});
    CHECK(both.gaps.missing == 0);
    const auto others = log_of({record(1) + "type=CWD msg=audit(1700000000.002:2): cwd=\"/\"\n" + record(3)});
    CHECK(others.gaps.missing == 0);
    CHECK(others.events == 1);
}

TEST_CASE("a counter that starts again is that of another start of the host", "[profiles]") {
    constexpr std::int64_t kDay = 86400000;
    CHECK(missing({{1000, 500}, {1010, 501}, {1020, 503}}) == 1);
    CHECK(missing({{1000, 500}, {1010, 501}, {kDay, 3}, {kDay + 1, 4}}) == 0);
    CHECK(missing({{kDay, 3}, {kDay + 1, 4}, {1000, 500}, {1010, 501}}) == 0);
    // Within the jitter of a second numbers and times may cross.
    CHECK(missing({{1000, 500}, {990, 501}, {1005, 502}}) == 0);
    CHECK(missing({{1000, 4294967294}, {1000, 4294967295}, {1000, 4294967292}}) == 1);
}

TEST_CASE("gaps are counted in bounded memory", "[profiles]") {
    AuditSerials serials;
    constexpr std::uint32_t kEvents = 100000;
    for (std::uint32_t i = 0; i < kEvents; ++i) serials.add("", i, 3 * i);
    const auto gaps = serials.gaps();
    CHECK(gaps.missing == std::uint64_t{2} * (kEvents - 1));
    CHECK(gaps.count == kEvents - 1);
    CHECK(gaps.ranges.size() == 20);
    for (std::uint32_t i = 0; i < 100; ++i) serials.add(fmt::format("host {}", i), 1, 1);
    CHECK_FALSE(serials.gaps().all_seen);
}

TEST_CASE("lines that tell of a loss are summed up by cause", "[profiles]") {
    const auto log =
        log_of({"kauditd_printk_skb: 5 callbacks suppressed\nkauditd_printk_skb: 6 callbacks suppressed\n"
                "audit: audit_lost=7 audit_rate_limit=0\naudit: audit_lost=9 audit_rate_limit=0\n"});
    REQUIRE(log.losses.size() == 2);
    CHECK(log.losses[0].count == 11);
    CHECK(log.losses[0].lines == 2);
    CHECK(log.losses[1].count == 9);
    CHECK(log.incomplete(true));
    CHECK(render_text({log, true, std::nullopt}) ==
          "no seccomp record in 1.log: 4 lines\n"
          "\n"
          "records are missing, so that this says nothing\n"
          "- the kernel's log is limited, and left 11 messages out\n"
          "  (kernel.printk_ratelimit; audit.log and `journalctl _TRANSPORT=audit` are not)\n"
          "- the kernel lost 9 audit records since it started\n"
          "\n"
          "note\n"
          "- what a filter answers with an errno, a signal, or hands to a tracer or\n"
          "  listener leaves a record only with SECCOMP_FILTER_FLAG_LOG, and every action\n"
          "  only where kernel.seccomp.actions_logged has it\n");
}

TEST_CASE("an empty log proves nothing", "[profiles]") {
    CHECK(log_of({""}).incomplete(false));
    CHECK(log_of({""}).incomplete(true));
    CHECK_FALSE(log_of({"nothing happened\n"}).incomplete(false));
}

TEST_CASE("lines without end and lines without bound are read", "[profiles]") {
    auto last = record(2);
    last.pop_back();
    const auto log = log_of({record(1) + std::string(5'000'000, 'x') + "\n" + last});
    CHECK(log.lines == 3);
    CHECK(log.cut == 1);
    CHECK(log.records.count == 2);
    CHECK(log_of({"a\r\nb"}).lines == 2);
    CHECK(log_of({"\n\n"}).lines == 2);
    // Lines that end near the end of a block of the reader.
    for (std::size_t length = 65534; length < 65538; ++length) {
        const auto around = log_of({std::string(length, 'x') + "\n" + record(1)});
        CHECK(around.lines == 2);
        CHECK(around.records.count == 1);
        CHECK(around.cut == (length > 65536 ? 1 : 0));
    }
}

TEST_CASE("more calls and programs than are listed are counted all the same", "[profiles]") {
    constexpr unsigned kMany = 12000;
    std::string text;
    for (unsigned i = 0; i < kMany; ++i) text += record(i, 83, fmt::format("/srv/{}", i));
    const auto programs = log_of({text});
    REQUIRE(programs.findings.size() == 1);
    CHECK(programs.findings[0].seen.count == kMany);
    CHECK(programs.findings[0].programs.size() == 10000);
    CHECK(programs.findings[0].others == 2000);
    text.clear();
    for (unsigned i = 0; i < kMany; ++i) text += record(i, static_cast<int>(i));
    const auto calls = log_of({text});
    CHECK(calls.records.count == kMany);
    CHECK(calls.findings.size() == 10000);
    CHECK(calls.unlisted == 2000);
}

TEST_CASE("a record without its call makes the log incomplete", "[profiles]") {
    const auto log = log_of({"type=1326 audit(1700000000.001:1): pid=1 comm=\"x\"\n"});
    CHECK(log.records.count == 0);
    CHECK(log.unreadable == 1);
    CHECK(log.incomplete(false));
}

TEST_CASE("what is no text is refused with what makes text of it", "[profiles]") {
    AuditReader reader;
    std::istringstream compressed{std::string{"\x1f\x8b\x08\x00", 4}};
    CHECK(reader.read(compressed, "a.gz").error().message ==
          "'a.gz' is compressed with gzip: zcat FILE | callgate audit -");
    std::istringstream journal{"LPKSHHRH"};
    CHECK(reader.read(journal, "j").error().message ==
          "'j' is a file of journald: journalctl -o json --file FILE | callgate audit -");
}

}  // namespace callgate::profiles
