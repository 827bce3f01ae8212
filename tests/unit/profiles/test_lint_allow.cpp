// What is accepted, and why it must say so.
#include "profiles/lint_allow.h"
#include "tests/unit/profiles/lint_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

std::string said_of(const std::string& text) {
    core::Diagnostics diagnostics;
    const auto allowances = read_allowances(source_of(text, "allow.yaml"), diagnostics);
    CHECK(allowances.has_value() != diagnostics.has_errors());
    return core::render(diagnostics);
}

std::vector<Allowance> allowances_of(const std::string& text) {
    core::Diagnostics diagnostics;
    auto allowances = read_allowances(source_of(text, "allow.yaml"), diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(allowances.has_value());
    return *allowances;
}

std::vector<Finding> about(const std::string& id, std::vector<Finding> findings) {
    std::erase_if(findings, [&](const Finding& finding) { return finding.rule->id != id; });
    return findings;
}

constexpr auto kDangerous = R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
  {"names": ["kcmp", "ptrace"], "action": "SCMP_ACT_ALLOW"}]})";

}  // namespace

TEST_CASE("an allowance without a reason is refused at its place", "[profiles][lint]") {
    CHECK(said_of("version: 1\nallow:\n  - {id: CG0045}\n") == R"(allow.yaml:3:5: error: an allowance has no 'reason'
  3 |   - {id: CG0045}
    |     ^
)");
    CHECK(said_of("version: 1\nallow:\n  - {id: CG0045, reason: \" \"}\n").find("the reason is empty") !=
          std::string::npos);
}

TEST_CASE("an allowance of a rule that there is not is refused with the near one", "[profiles][lint]") {
    const auto said = said_of("version: 1\nallow:\n  - {id: dead-rul, reason: x}\n");
    CHECK(said.find("allow.yaml:3:10: error: lint has no rule 'dead-rul'") == 0);
    CHECK(said.find("did you mean 'dead-rule'?") != std::string::npos);
    CHECK(!read_allowance("CG0045").has_value());
    CHECK(!read_allowance("CG0045=").has_value());
    CHECK(!read_allowance("CG9999=why").has_value());
    CHECK(read_allowance("CG0045=strace is a feature").has_value());
}

TEST_CASE("an allowance for one call leaves the others of the finding", "[profiles][lint]") {
    auto findings = about("CG0045", Linted{kDangerous}.findings());
    REQUIRE(findings.size() == 1);
    REQUIRE(findings.front().calls.size() == 2);
    auto allowances = allowances_of("version: 1\nallow:\n  - {id: CG0045, syscall: ptrace, reason: strace}\n");
    const auto allowed = take_allowed(findings, "dir/p.json", allowances);
    REQUIRE(allowed.size() == 1);
    CHECK(allowed.front().reason == "strace");
    CHECK(allowed.front().finding.calls.front().name == "ptrace");
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().calls.size() == 1);
    CHECK(findings.front().calls.front().name == "kcmp");
    CHECK(allowances.front().used);
}

TEST_CASE("an allowance holds for the profiles that its glob names", "[profiles][lint]") {
    auto allowances =
        allowances_of("version: 1\nallow:\n  - {id: reaches-processes, profile: \"web-*.json\", reason: x}\n");
    auto findings = about("CG0045", Linted{kDangerous}.findings());
    CHECK(take_allowed(findings, "dir/p.json", allowances).empty());
    CHECK(!allowances.front().used);
    CHECK(take_allowed(findings, "dir/web-1.json", allowances).size() == 1);
    CHECK(findings.empty());
    CHECK(allowances.front().used);
}

}  // namespace callgate::profiles
