#include "harness/model/call.h"
#include "profiles/recorded.h"
#include "profiles/update.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace callgate::profiles {

namespace {

using Names = std::vector<std::string>;

model::Evidence evidence_of(const Names& names) {
    model::Evidence evidence;
    for (const auto& name : names) {
        model::CallEvidence call;
        call.arch = model::arch_name(model::native_arch());
        call.syscall = name;
        call.nr = *model::syscall_number(model::native_arch(), name);
        call.count = 1;
        call.runs = 1;
        evidence.calls.push_back(std::move(call));
    }
    return evidence;
}

Lock lock_of(const Names& names) {
    Lock lock;
    lock.evidence = evidence_of(names);
    return lock;
}

constexpr const char* kText = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"comment": "what it reads", "names": ["read", "pread64"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["write"], "action": "SCMP_ACT_ALLOW"},
    {"comment": "keep: backups need it", "names": ["fsync"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"},
    {"comment": "%", "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}
  ]
}
)";

std::string with_soft_refusal(std::string text) {
    return text.replace(text.find('%'), 1, kSoftRefusal);
}

}  // namespace

TEST_CASE("an update permits what is new, and takes out what is gone", "[profiles][update]") {
    const auto text = with_soft_refusal(kText);
    const auto updated = update(profile_of(text), lock_of({"read", "pread64", "write", "fsync"}),
                                evidence_of({"read", "write", "clone3", "mmap"}), {});
    REQUIRE(updated.has_value());
    CHECK(updated->added == Names{"clone3", "mmap"});
    CHECK(updated->removed == Names{"pread64"});
    auto wanted = text;
    wanted.replace(wanted.find(R"("read", "pread64")"), 17, R"("read")");
    wanted.replace(wanted.find(R"("write")"), 7, R"("clone3", "mmap", "write")");
    const auto soft = wanted.find(",\n    {\"comment\": \"C libraries");
    wanted.erase(soft, wanted.find("\n  ]") - soft);
    CHECK(updated->text == wanted);
}

TEST_CASE("an update leaves alone what is pinned, refused by name, or never was recorded", "[profiles][update]") {
    const auto text = with_soft_refusal(kText);
    const auto updated =
        update(profile_of(text), lock_of({"read", "pread64"}), evidence_of({"read", "pread64", "ptrace"}), {});
    REQUIRE(updated.has_value());
    CHECK(updated->text == text);
    REQUIRE(updated->kept.size() == 1);
    CHECK(updated->kept.front().syscall == "fsync");
    CHECK(updated->kept.front().why == "backups need it");
    CHECK(updated->notes ==
          Names{"write is permitted at p.json:5 and was never recorded: it stays; a comment \"keep: WHY\" of its rule "
                "says that it is meant",
                "ptrace is made, and p.json:7 refuses it: that is left as it is"});
}

TEST_CASE("what a runtime needs stays, and goes when it no longer does", "[profiles][update]") {
    auto before = lock_of({"read", "pread64"});
    before.reasons = {{"write", "base", "runc makes it"}};
    const auto profile = profile_of(with_soft_refusal(kText));
    const auto now = evidence_of({"read", "pread64"});
    CHECK(update(profile, before, now, before.reasons)->removed.empty());
    CHECK(update(profile, before, now, {})->removed == Names{"write"});
}

TEST_CASE("what libraries try first is answered so that they fall back once nobody makes it", "[profiles][update]") {
    auto text = with_soft_refusal(kText);
    text.replace(text.find("\"write\""), 7, "\"statx\"");
    const auto updated =
        update(profile_of(text), lock_of({"read", "pread64", "statx"}), evidence_of({"read", "pread64"}), {});
    REQUIRE(updated.has_value());
    CHECK(updated->removed == Names{"statx"});
    CHECK_THAT(updated->text, Catch::Contains(R"("names": ["clone3", "statx"])"));
}

TEST_CASE("a rule that is kept says why", "[profiles][update]") {
    auto text = with_soft_refusal(kText);
    text.replace(text.find(" backups need it"), 16, " ");
    const auto updated = update(profile_of(text), lock_of({"read"}), evidence_of({"read"}), {});
    REQUIRE_FALSE(updated.has_value());
    CHECK(updated.error().message == "p.json:6: the rule is kept without a reason: \"comment\": \"keep: WHY\"");
}

}  // namespace callgate::profiles
