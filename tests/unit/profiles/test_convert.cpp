// Every format that is written, for every profile at hand: read again it says the same, or the loss was said.
#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "profiles/convert.h"
#include "profiles/resolve.h"
#include "profiles/systemd_groups.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace callgate::profiles {

namespace {

constexpr Version kKernel{6, 18, 0};

/// The filter of a profile for a target, whatever it is written in.
bpf::Program program_of(const model::Profile& profile, const Target& target) {
    const auto compiled = compile(resolve(profile, target).profile);
    INFO((compiled ? "" : compiled.error().message));
    REQUIRE(compiled.has_value());
    return compiled->program;
}

/// Calls of x86_64: every number without arguments, and the values around those that the profile compares with.
std::vector<model::Call> calls_for(const model::Profile& profile) {
    std::vector<model::Call> calls;
    for (std::int32_t nr = 0; nr < 600; ++nr) calls.push_back({nr, model::native_arch().token, 0, {}});
    for (const auto& rule : profile.rules) {
        for (const auto& argument : rule.args) {
            for (const auto value : {argument.value, argument.value - 1, argument.value + 1, argument.value_two,
                                     ~argument.value, argument.value | argument.value_two}) {
                for (const auto& name : rule.names) {
                    const auto nr = model::syscall_number(model::native_arch(), name.text);
                    if (!nr || *nr < 0) continue;
                    model::Call call{*nr, model::native_arch().token, 0, {}};
                    call.args.at(argument.index) = value;
                    calls.push_back(call);
                    for (const auto& other : rule.args) {
                        if (other.index != argument.index) call.args.at(other.index) = other.value;
                    }
                    calls.push_back(call);
                }
            }
        }
    }
    return calls;
}

model::Action answer(const bpf::Program& program, const model::Call& call) {
    return model::Action::from_return(bpf::evaluate(program, call));
}

/// What systemd permits whatever it is told.
bool is_always_permitted(const std::string& format, const model::Call& call) {
    const auto group = systemd_group("@default").value();
    return format == "systemd" &&
           std::find(group.begin(), group.end(), model::syscall_name(call.audit_arch, call.nr)) != group.end();
}

void check_round_trip(const model::Profile& profile, const ProfileFormat& format) {
    INFO(format.name);
    const auto target = own_target(profile, kKernel);
    const auto before = program_of(profile, target);
    const auto written = convert(profile, format, target);
    INFO((written ? written->text.substr(0, 3000) : written.error().message));
    REQUIRE(written.has_value());
    core::Diagnostics diagnostics;
    const auto again =
        load(source_of(written->text, "again"), ReadOptions{.format = std::string{format.name}}, diagnostics);
    INFO(core::render(diagnostics));
    if (!again && written->text.find_first_not_of(" \n") == std::string::npos) {
        CHECK_FALSE(written->losses.empty());  // nothing that could be said
        return;
    }
    REQUIRE(again.has_value());
    const auto* read = std::get_if<model::Profile>(&*again);
    const auto after = read == nullptr ? std::get<bpf::Program>(*again) : program_of(*read, target);
    for (const auto& call : calls_for(profile)) {
        const auto was = answer(before, call);
        const auto is = answer(after, call);
        if (was == is) continue;
        INFO(model::syscall_name(call.audit_arch, call.nr) << " " << call.args[0] << " " << call.args[1] << ": "
                                                           << model::describe(was) << " -> " << model::describe(is));
        CHECK_FALSE(written->losses.empty());
        // What is lost makes the profile stricter.
        if (!is_always_permitted(std::string{format.name}, call)) CHECK((model::refuses(is) || !model::refuses(was)));
    }
}

std::string losses_of(const std::string& text, std::string_view format) {
    const auto profile = profile_of(text);
    const auto written = convert(profile, *find_format(format), own_target(profile, kKernel));
    REQUIRE(written.has_value());
    std::string all;
    for (const auto& loss : written->losses) all += loss + "\n";
    return all;
}

}  // namespace

TEST_CASE("every profile that is at hand survives every format, or the loss is said", "[profiles]") {
    std::size_t converted = 0;
    for (const auto& path : published_profiles()) {
        core::Diagnostics diagnostics;
        const auto profile = load(source_of(file_text(path.string()), path.filename().string()), diagnostics);
        if (!profile) continue;
        INFO(path);
        for (const auto* format : formats()) {
            if (format->write == nullptr) continue;
            check_round_trip(*profile, *format);
            ++converted;
        }
    }
    CHECK(converted > 20);
}

TEST_CASE("argument filters survive the formats that have them", "[profiles]") {
    const auto profile = profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
 {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
 {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_GT"},
                                                            {"index": 1, "value": 2, "op": "SCMP_CMP_NE"}]},
 {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
  "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]},
 {"names": ["mmap"], "action": "SCMP_ACT_ALLOW",
  "args": [{"index": 2, "value": 7, "valueTwo": 5, "op": "SCMP_CMP_MASKED_EQ"}]},
 {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})");
    for (const auto* format : {"oci", "docker", "containers", "spo", "minijail", "raw-bpf"}) {
        check_round_trip(profile, *find_format(format));
    }
    CHECK(losses_of(profile.span.source->text, "oci").empty());
    CHECK(losses_of(profile.span.source->text, "spo").empty());
}

TEST_CASE("a loss is one line that says what takes the place", "[profiles]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
 {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
 {"names": ["ptrace"], "action": "SCMP_ACT_TRAP"}]})";
    CHECK(losses_of(text, "oci").empty());
    CHECK(losses_of(text, "spo") ==
          "p.json:1: the SPO CRD has no defaultErrnoRet: EPERM instead of ENOSYS for unknown calls\n");
    CHECK(losses_of(text, "names") ==
          "p.json:1: a list of names has no default action: ERRNO(EPERM) instead of ERRNO(ENOSYS)\n"
          "p.json:3: a list of names has no argument filters: personality is refused whatever its arguments are\n"
          "p.json:4: a list of names has no actions: ptrace is refused with EPERM instead of TRAP\n");
    const auto unit = losses_of(text, "systemd");
    CHECK(unit.find("p.json:3: systemd has no argument filters: personality is refused whatever its arguments are\n") !=
          std::string::npos);
    CHECK(unit.find(
              "p.json:4: systemd's list of permitted calls has one refusal for all others: ptrace gets ERRNO(ENOSYS) "
              "instead of TRAP\n") != std::string::npos);
    CHECK(unit.find("systemd always permits its set @default: ") != std::string::npos);
    CHECK(losses_of(text, "minijail") ==
          "p.json:1: a policy of minijail has no default action: other calls end the process instead of ERRNO(ENOSYS)\n"
          "p.json:4: a policy of minijail has no TRAP: ptrace ends the process\n");
}

TEST_CASE("a rule that says the default of the other format overrides what it did before", "[profiles]") {
    // Runtimes leave rules out that say the default action: bpf would be permitted, and socket(40).
    const auto profile = profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
 {"names": ["bpf", "mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
 {"names": ["bpf", "read"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]},
 {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 16, "op": "SCMP_CMP_NE"}]}]})");
    check_round_trip(profile, *find_format("spo"));
    CHECK(losses_of(profile.span.source->text, "spo") ==
          "p.json:1: the SPO CRD has no defaultErrnoRet: EPERM instead of ENOSYS for unknown calls\n"
          "p.json:4: EACCES takes the place of EPERM, the default that the SPO CRD has: runtimes would leave the rule "
          "out\n");
}

TEST_CASE("conditions are decided where the other format has none, and each decision is said", "[profiles]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
 {"names": ["chmod"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["syslog"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYSLOG"]}},
 {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}}]})";
    const auto said = losses_of(text, "oci");
    CHECK(said.find("oci has no conditions: they are decided for docker on ") == 0);
    CHECK(said.find("p.json:3: left out: it needs CAP_SYSLOG (syslog)\n") != std::string::npos);
    CHECK(said.find("p.json:4: holds: kernel 6.18 is at least 4.8 (ptrace)\n") != std::string::npos);
    CHECK(losses_of(text, "docker").empty());
    CHECK(losses_of(text, "containers") ==
          "p.json:4: the format of containers/common has no minKernel: the rule is left out, so ptrace is refused\n");
}

TEST_CASE("a log is read and never written", "[profiles]") {
    const auto profile = profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO"})");
    const auto written = convert(profile, *find_format("strace"), own_target(profile, kKernel));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().message == "strace is only read, never written");
}

}  // namespace callgate::profiles
