// What a line of a log says.
#include "profiles/audit_records.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>

namespace callgate::profiles {

namespace {

using model::ActionKind;
using Kind = AuditLine::Kind;

constexpr auto kFields =
    R"(auid=4294967295 uid=0 gid=0 ses=4294967295 pid=77 comm="worker" exe="/srv/worker" sig=0 arch=c000003e syscall=83 compat=0 ip=0x7f0000001234 code=0x50000)";
constexpr std::int64_t kAt = 1700000000123;

std::string line_with(const std::string& what, const std::string& instead) {
    std::string line = std::string{"type=SECCOMP msg=audit(1700000000.123:9): "} + kFields;
    const auto at = line.find(what);
    REQUIRE(at != std::string::npos);
    return line.replace(at, what.size(), instead);
}

}  // namespace

TEST_CASE("a record is read however a log shows it", "[profiles]") {
    const std::string fields{kFields};
    const auto [text, numbered] = GENERATE_COPY(table<std::string, bool>({
        {"[   12.345678] audit: type=1326 audit(1700000000.123:9): " + fields, true},
        {"[Tue Nov 14 22:13:20 2023] audit: type=1326 audit(1700000000.123:9): " + fields, true},
        {"<5>[   12.345678] audit: type=1326 audit(1700000000.123:9): " + fields, true},
        {"audit: type=1326 audit(1700000000.123:9): " + fields, true},
        {"2023-11-14T22:13:20,123456+00:00 audit: type=1326 audit(1700000000.123:9): " + fields, true},
        {"Nov 14 22:13:20 host kernel: audit: type=1326 audit(1700000000.123:9): " + fields, true},
        {"M\xc3\xa4r  4 22:13:20 host kern.notice kernel: [   12.3] audit: type=1326 audit(1700000000.123:9): " +
             fields,
         true},
        {"Nov 14 22:13:20 host audit[77]: SECCOMP " + fields, false},
        {"audit[77]: SECCOMP " + fields, false},
        {"type=SECCOMP msg=audit(1700000000.123:9): " + fields, true},
        {"type=SECCOMP msg=audit(1700000000.123:9): " + fields +
             "\x1d"
             R"(AUID="unset" UID="root" GID="root" ARCH=x86_64 SYSCALL=mkdir)",
         true},
        {"type=SECCOMP msg=audit(1700000000.123:9): " + fields + R"(AUID="unset" UID="root" ARCH=x86_64 SYSCALL=rmdir)",
         true},
        {"type=SECCOMP msg=audit(1700000000.123:9): " + fields + "^]ARCH=x86_64 SYSCALL=rmdir", true},
        {"52:type=SECCOMP msg=audit(1700000000.123:9): " + fields, true},
        {"Nov 14 22:13:20 host audispd[568]: node=web7 type=SECCOMP msg=audit(1700000000.123:9): " + fields, true},
        {"type=UNKNOWN[1326] msg=audit(1700000000.123:9): " + fields, true},
        {"audit(1700000000.123:9): " + fields, true},
    }));
    INFO(text);
    const auto line = read_audit_line(text);
    REQUIRE(line.kind == Kind::record);
    CHECK(line.serial == (numbered ? std::optional<std::uint32_t>{9} : std::nullopt));
    CHECK(line.at_ms == (numbered ? std::optional{kAt} : std::nullopt));
    CHECK(line.origin == (text.find("node=") == std::string::npos ? "" : "web7"));
    CHECK(line.record.call == "83");
    CHECK(text.substr(line.record.call_begin, line.record.call_end - line.record.call_begin) == "83");
    CHECK(line.record.audit_arch == 0xc000003eU);
    CHECK(line.record.nr == 83);
    CHECK(line.record.action == ActionKind::error);
    CHECK(line.record.signal == 0);
    CHECK(line.record.comm == "worker");
    CHECK(line.record.exe == "/srv/worker");
}

TEST_CASE("the action of a record is that of its code", "[profiles]") {
    const auto [code, action] =
        GENERATE(table<std::string, ActionKind>({{"0x80000000", ActionKind::kill_process},
                                                 {"0x0", ActionKind::kill_thread},
                                                 {"0x30000", ActionKind::trap},
                                                 {"0x50000", ActionKind::error},
                                                 {"0x7fc00000", ActionKind::user_notif},
                                                 {"0x7ff00000", ActionKind::trace},
                                                 {"0x7ffc0000", ActionKind::log},
                                                 {"0x7ffc0000AUID=\"unset\"", ActionKind::log},
                                                 {"0x0GID=\"daemon\"", ActionKind::kill_thread}}));
    CHECK(read_audit_line(line_with("code=0x50000", "code=" + code)).record.action == action);
}

TEST_CASE("what the kernel writes in digits is read as the text that it is", "[profiles]") {
    CHECK(read_audit_line(line_with("\"worker\"", "6D7920776F726B6572")).record.comm == "my worker");
    CHECK(read_audit_line(line_with("\"/srv/worker\"", "2F746D702F6120622220633D31")).record.exe == "/tmp/a b\" c=1");
    CHECK(read_audit_line(line_with("\"worker\"", "\"BEEF\"")).record.comm == "BEEF");
    CHECK(read_audit_line(line_with("\"/srv/worker\"", "(null)")).record.exe.empty());
    CHECK(read_audit_line(line_with("\"/srv/worker\"", "2F746D7")).record.exe == "2F746D7");
}

TEST_CASE("words in a security label are no fields", "[profiles]") {
    const auto line =
        read_audit_line(line_with(" pid=77", " subj==untrusted syscall=1 arch=40000003 (complain) pid=77"));
    CHECK(line.record.nr == 83);
    CHECK(line.record.audit_arch == 0xc000003eU);
}

TEST_CASE("calls of other architectures have their own numbers", "[profiles]") {
    CHECK(read_audit_line(line_with("arch=c000003e syscall=83", "arch=40000003 syscall=39")).record.audit_arch ==
          0x40000003U);
    CHECK(read_audit_line(line_with("syscall=83", "syscall=1073741907")).record.nr == 0x40000053);
    CHECK(read_audit_line(line_with("syscall=83", "syscall=-1")).record.nr == -1);
    CHECK_FALSE(read_audit_line(line_with("syscall=83", "syscall=99999999999")).record.nr.has_value());
    CHECK_FALSE(read_audit_line(line_with("arch=c000003e", "arch=nothing")).record.audit_arch.has_value());
}

TEST_CASE("what ausearch made readable is read again", "[profiles]") {
    const auto line = read_audit_line(
        "type=SECCOMP msg=audit(14/11/23 22:13:20.123:9) : auid=unset uid=root gid=root ses=unset pid=77 comm=my "
        "worker "
        "exe=/tmp/a b sig=SIG0 arch=x86_64 syscall=mkdir compat=0 ip=0x7f0000001234 code=errno");
    REQUIRE(line.kind == Kind::record);
    CHECK(line.serial == 9U);
    CHECK_FALSE(line.at_ms.has_value());
    CHECK(line.record.call == "mkdir");
    CHECK(line.record.nr == 83);
    CHECK(line.record.action == ActionKind::error);
    CHECK(line.record.comm == "my worker");
    CHECK(line.record.exe == "/tmp/a b");
    // As ausearch 3.0.9 prints it.
    const auto record = [](const std::string& fields) {
        return read_audit_line("type=SECCOMP msg=audit(11/14/23 22:13:20.123:9) : auid=unset comm=x exe=(null) " +
                               fields)
            .record;
    };
    const auto killed = record("sig=SIGSYS arch=x86_64 syscall=unknown-syscall(467) compat=0 ip=0x1 code=kill ");
    CHECK(killed.signal == 31);
    CHECK(killed.nr == 467);
    CHECK_FALSE(killed.action.has_value());
    CHECK(killed.exe.empty());
    CHECK(record("sig=SIG0 arch=armeb syscall=open compat=0 ip=0x1 code=user-notify ").action ==
          ActionKind::user_notif);
    CHECK(record("sig=SIG0 arch=armeb syscall=open compat=0 ip=0x1 code=trap ").nr == 5);
    CHECK(record("sig=SIG0 arch=unknown-elf-type(c00000f3) syscall=mkdirat compat=0 ip=0x1 code=trace ").audit_arch ==
          0xc00000f3U);
}

TEST_CASE("an entry of the journal says which event it is and where it came from", "[profiles]") {
    const std::string kernel =
        R"({"_TRANSPORT":"kernel","_BOOT_ID":"b0","__REALTIME_TIMESTAMP":"1700000000999000","MESSAGE":"audit: type=1326 audit(1700000000.123:9): pid=77 comm=\"worker\" exe=\"/srv/worker\" sig=0 arch=c000003e syscall=83 compat=0 ip=0x1 code=0x50000"})";
    const std::string audit =
        R"({"_TRANSPORT":"audit","_BOOT_ID":"b0","_AUDIT_ID":"9","_SOURCE_REALTIME_TIMESTAMP":"1700000000123000","__REALTIME_TIMESTAMP":"1700000000999000","MESSAGE":"SECCOMP auid=0 pid=77 comm=\"worker\" exe=\"/srv/worker\" sig=0 arch=c000003e syscall=83 compat=0 ip=0x1 code=0x50000"})";
    for (const auto& text : {kernel, audit}) {
        INFO(text);
        const auto line = read_audit_line(text);
        REQUIRE(line.kind == Kind::record);
        CHECK(line.serial == 9U);
        CHECK(line.at_ms == kAt);
        CHECK(line.origin == "b0");
        CHECK(line.record.nr == 83);
        CHECK(line.record.exe == "/srv/worker");
        CHECK(line.record.call_end == 0);
    }
    auto forged = kernel;
    forged.replace(forged.find("kernel"), 6, "stdout");
    CHECK(read_audit_line(forged).kind == Kind::foreign);
    const std::string bytes = R"({"_TRANSPORT":"kernel","MESSAGE":[97,117,100,105,116,95,108,111,115,116,61,55]})";
    CHECK(read_audit_line(bytes).kind == Kind::loss);
    CHECK(read_audit_line(bytes).loss.count == 7);
    CHECK(read_audit_line(R"({"MESSAGE":[1,2,{}]})").kind == Kind::other);
    CHECK(read_audit_line(R"({"MESSAGE":null})").kind == Kind::other);
    CHECK(read_audit_line(R"({"MESSAGE":"a)").kind == Kind::other);
}

TEST_CASE("a line that says that records are missing is known", "[profiles]") {
    using Cause = AuditLoss::Cause;
    const auto [text, cause, count] = GENERATE(table<std::string, Cause, std::uint64_t>({
        {"[ 1.0] kauditd_printk_skb: 135 callbacks suppressed", Cause::rate_limit, 135},
        {"[ 1.0] audit_printk_skb: 3 callbacks suppressed", Cause::rate_limit, 3},
        {"** 12 printk messages dropped **", Cause::rate_limit, 12},
        {"[ 1.0] audit: audit_lost=40 audit_rate_limit=0 audit_backlog_limit=64", Cause::kernel_lost, 40},
        {"[ 1.0] audit: backlog limit exceeded", Cause::kernel_full, 0},
        {"[ 1.0] audit: kauditd hold queue overflow", Cause::kernel_full, 0},
        {"Nov 14 22:13:20 host systemd-journald[1]: Missed 8 kernel messages", Cause::journal, 8},
        {"Nov 14 22:13:20 host rsyslogd: imjournal: 99 messages lost due to rate-limiting", Cause::syslog, 99},
        {"Nov 14 22:13:20 host auditd[9]: queue to plugins is full - dropping event", Cause::daemon, 0},
    }));
    INFO(text);
    const auto line = read_audit_line(text);
    REQUIRE(line.kind == Kind::loss);
    CHECK(line.loss.cause == cause);
    CHECK(line.loss.count == count);
}

TEST_CASE("other lines are no records", "[profiles]") {
    CHECK(read_audit_line("").kind == Kind::other);
    CHECK(read_audit_line("[ 1.0] net_ratelimit: 12 callbacks suppressed").kind == Kind::other);
    CHECK(read_audit_line("see audit( and audit(1:) and audit(x:y)").kind == Kind::other);
    CHECK(read_audit_line("type=13260 nothing").kind == Kind::other);
    const auto companion = read_audit_line(
        "type=ANOM_ABEND msg=audit(1700000000.123:10): auid=0 pid=77 comm=\"worker\" exe=\"/srv/worker\" sig=31 res=1");
    CHECK(companion.kind == Kind::event);
    CHECK(companion.serial == 10U);
    const auto call = read_audit_line(
        "type=SYSCALL msg=audit(1700000000.123:11): arch=c000003e syscall=2 success=yes exit=9 items=2 pid=30 "
        "comm=\"sshd\" key=\"login\"\x1d"
        "ARCH=x86_64 SYSCALL=open");
    CHECK(call.kind == Kind::event);
}

TEST_CASE("real records are read", "[profiles]") {
    const char* given = std::getenv("CALLGATE_SHARED");
    const auto path = (given != nullptr ? std::filesystem::path{given}
                                        : std::filesystem::path{CALLGATE_SOURCE_DIR} / ".." / "shared") /
                      "data/audit-samples.txt";
    if (!std::filesystem::exists(path)) {
        WARN("skipped the collection of audit records: " << path << " is not there");
        return;
    }
    std::map<std::string, Kind> others{
        {"L12", Kind::loss}, {"P5", Kind::event}, {"P6", Kind::event}, {"P16", Kind::event}, {"P17", Kind::loss}};
    std::ifstream in{path};
    std::string id;
    std::size_t records = 0;
    for (std::string text; std::getline(in, text);) {
        if (text.starts_with("## ")) id = text.substr(3, text.find(' ', 3) - 3);
        if (text.empty() || text.starts_with("#")) continue;
        INFO(id << ": " << text);
        const auto line = read_audit_line(text);
        const auto other = others.find(id);
        CHECK(line.kind == (other == others.end() ? Kind::record : other->second));
        if (other != others.end()) continue;
        ++records;
        CHECK(line.record.audit_arch.has_value());
        REQUIRE(line.record.nr.has_value());
        CHECK(model::known_syscall(model::syscall_name(*line.record.audit_arch, *line.record.nr)));
        REQUIRE(line.record.action.has_value());
        const bool kills =
            line.record.action == ActionKind::kill_process || line.record.action == ActionKind::kill_thread;
        CHECK((line.record.signal == 31) == kills);
        CHECK_FALSE(line.record.comm.empty());
        CHECK(line.record.exe.starts_with("/"));
    }
    CHECK(records == 28);
}

}  // namespace callgate::profiles
