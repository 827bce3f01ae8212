#include "profiles/explain.h"
#include "profiles/filter.h"
#include "profiles/rule_condition.h"
#include "profiles/semantics.h"
#include "profiles/summary.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <random>

namespace callgate::profiles {

namespace {

constexpr auto kProfile = R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
  {"index": 0, "value": 268566528, "op": "SCMP_CMP_MASKED_EQ"}]},
{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]},
{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]})";

Filter filter_of(const std::string& text) {
    auto filter = Filter::of(profile_of(text));
    if (!filter) FAIL(filter.error().message);
    return std::move(*filter);
}

std::string of_call(const std::string& name, const std::array<std::uint64_t, 6>& args, decode::Touched given) {
    const auto text = explain_call(filter_of(kProfile), call_of("x86_64", name, args), given, false);
    REQUIRE(text.has_value());
    return *text;
}

std::string of_name(const std::string& name, const std::string& arch = "x86_64") {
    const auto text = explain_name(filter_of(kProfile), call_of(arch, name));
    REQUIRE(text.has_value());
    return *text;
}

}  // namespace

TEST_CASE("a call is explained by the rule that decides and the condition that holds", "[profiles]") {
    CHECK(of_call("clone", {0x11}, 1) == R"(clone(flags=SIGCHLD) on x86_64 is permitted: ALLOW
        by  p.json:3
   because  flags with none of CLONE_NEWNS|CLONE_NEWUSER
      rule  p.json:3: ALLOW when flags with none of CLONE_NEWNS|CLONE_NEWUSER;
            decides
)");
    CHECK(of_call("clone", {0x10000000}, 1) ==
          R"(clone(flags=CLONE_NEWUSER) on x86_64 is refused with EPERM: ERRNO(EPERM)
        by  p.json:1 (default action)
   because  flags with one of CLONE_NEWNS|CLONE_NEWUSER
      rule  p.json:3: ALLOW when flags with none of CLONE_NEWNS|CLONE_NEWUSER;
            does not hold
)");
    CHECK(of_call("mkdir", {}, 0) == R"(mkdir() on x86_64 is refused with EPERM: ERRNO(EPERM)
        by  p.json:1 (default action)
      rule  p.json:8: ERRNO(EPERM); the same as the default action, so runtimes
            leave it out
)");
}

TEST_CASE("without arguments each region is told with its deciding rules", "[profiles]") {
    CHECK(of_name("clone3") == "clone3 on x86_64\n  refused with ENOSYS: ERRNO(ENOSYS)\n        by  p.json:7\n");
    CHECK(of_name("socket") == R"(socket on x86_64
  permitted: ALLOW
      when  family in {AF_UNIX, AF_INET}
   such as  socket(family=AF_UNIX)
        by  p.json:5, p.json:6
  refused with EPERM: ERRNO(EPERM)
      when  family not in {AF_UNIX, AF_INET}
   such as  socket(family=AF_UNSPEC)
        by  p.json:1 (default action)
)");
}

TEST_CASE("an architecture that the profile does not list decides by itself", "[profiles]") {
    CHECK(
        of_name("read", "aarch64") ==
        "read on aarch64\n  killed (the thread): KILL_THREAD\n        by  an architecture that p.json does not list\n");
}

TEST_CASE("a profile is told in sentences", "[profiles]") {
    const auto text = summarise(filter_of(kProfile));
    REQUIRE(text.has_value());
    CHECK(text->find(R"(
On x86_64:
  Calls that are not named here are refused with EPERM.
  2 calls are permitted:
    read, write
  1 call is refused with ENOSYS:
    clone3
  2 calls are judged by their arguments:
    clone is permitted where flags with none of CLONE_NEWNS|CLONE_NEWUSER;
    otherwise refused with EPERM
    socket is permitted where family in {AF_UNIX, AF_INET}; otherwise refused
    with EPERM

Calls of all other architectures are killed (the thread).
)") != std::string::npos);
    CHECK(text->starts_with("p.json: 6 rules, compiled to "));
}

TEST_CASE("a rule's condition holds for just the calls that the rule is for", "[profiles]") {
    constexpr std::array kOperators{"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
    std::mt19937_64 random{20260914};
    const std::vector<std::uint64_t> values{0, 1, 2, 3, 0x10000000, 0xffffffff, 0x100000000, ~std::uint64_t{0}};
    const auto value = [&] { return values[random() % values.size()]; };
    for (int i = 0; i < 400; ++i) {
        model::Profile::Rule rule;
        const auto count = 1 + random() % 3;
        for (std::size_t a = 0; a < count; ++a) {
            model::Profile::Argument argument;
            argument.index = static_cast<unsigned>(random() % 3);
            argument.op = static_cast<model::Profile::Operator>(random() % kOperators.size());
            argument.value = value();
            argument.value_two = value() & (random() % 4 == 0 ? ~std::uint64_t{0} : argument.value);
            rule.args.push_back(argument);
        }
        const auto condition = condition_of(rule);
        for (int c = 0; c < 50; ++c) {
            model::Call call;
            for (auto& argument : call.args) argument = value();
            CHECK(bpf::holds(condition, call) == matches(rule, call));
        }
    }
}

}  // namespace callgate::profiles
