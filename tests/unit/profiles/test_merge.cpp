#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "profiles/merge.h"
#include "profiles/merge_proof.h"
#include "profiles/resolve.h"
#include "profiles/semantics.h"
#include "tests/support/random_profiles.h"
#include "tests/support/region_checks.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace callgate::profiles {

namespace {

using Filters = std::vector<Filter>;

Filter filter_of(model::Profile profile) {
    auto filter = Filter::of(std::move(profile));
    if (!filter) FAIL(filter.error().message);
    return std::move(*filter);
}

/// Filters of these texts, called a.json, b.json...
Filters filters_of(const std::vector<std::string>& texts) {
    Filters filters;
    for (const auto& text : texts) {
        const std::string name{static_cast<char>('a' + filters.size())};
        filters.push_back(filter_of(profile_of(text, name + ".json")));
    }
    return filters;
}

model::Profile merged_of(const Filters& inputs, Combination how) {
    auto merged = merge(inputs, how);
    if (!merged) FAIL(merged.error().message);
    return std::move(*merged);
}

MergeProof proof_of(const Filters& inputs, Combination how, const model::Profile& merged) {
    auto proof = prove(inputs, how, filter_of(merged));
    if (!proof) FAIL(proof.error().message);
    return std::move(*proof);
}

/// "ALLOW read, write; ERRNO(ENOSYS) clone3; ALLOW socket arg0 == 1": the rules of the merged profile.
std::string rules_of(const model::Profile& profile) {
    std::string all;
    for (const auto& rule : profile.rules) {
        if (!all.empty()) all += "; ";
        all += model::describe(action_of(rule)) + " ";
        for (const auto& name : rule.names) all += (&name == &rule.names.front() ? "" : ", ") + name.text;
        if (!rule.args.empty()) all += " " + describe(rule.args);
    }
    return all;
}

/// The rules of an exact union or intersection of two profiles.
std::string exactly(const std::string& a, const std::string& b, Combination how) {
    const auto inputs = filters_of({a, b});
    const auto merged = merged_of(inputs, how);
    for (const auto& deviation : proof_of(inputs, how, merged).permissions) FAIL_CHECK(to_words(how, deviation));
    return rules_of(merged);
}

/// A profile for x86_64 that refuses what its rules do not permit.
std::string profile(const std::string& rules, const std::string& more = R"("defaultAction": "SCMP_ACT_ERRNO")",
                    const std::string& archs = R"("SCMP_ARCH_X86_64")") {
    return "{" + more + R"(, "architectures": [)" + archs + R"(], "syscalls": [)" + rules + "]}";
}

std::string allow(const std::string& names, const std::string& more = "") {
    return R"({"names": [)" + names + R"(], "action": "SCMP_ACT_ALLOW")" + more + "}";
}

std::string when(unsigned index, std::uint64_t value, const std::string& op, std::uint64_t second = 0) {
    return fmt::format(R"(, "args": [{{"index": {}, "value": {}, "valueTwo": {}, "op": "SCMP_CMP_{}"}}])", index, value,
                       second, op);
}

constexpr auto kEverything = R"("defaultAction": "SCMP_ACT_ALLOW")";

}  // namespace

TEST_CASE("lists of names become lists of names, sorted", "[profiles]") {
    const auto a = profile(allow(R"("write", "read", "mkdir")"));
    const auto b = profile(allow(R"("read", "close")") + "," + allow(R"("write")"));
    CHECK(exactly(a, b, Combination::any) == "ALLOW close, mkdir, read, write");
    CHECK(exactly(a, b, Combination::all) == "ALLOW read, write");
    CHECK(exactly(a, a, Combination::any) == "ALLOW mkdir, read, write");
}

TEST_CASE("argument filters are kept apart and not widened", "[profiles]") {
    const auto unix_only = profile(allow("\"socket\"", when(0, 1, "EQ")));
    const auto inet_only = profile(allow("\"socket\"", when(0, 2, "EQ")));
    CHECK(exactly(unix_only, inet_only, Combination::any) == "ALLOW socket arg0 == 1; ALLOW socket arg0 == 2");
    CHECK(exactly(unix_only, inet_only, Combination::all) == "");
    const auto streams = profile(allow("\"socket\"", when(1, 1, "EQ")));
    CHECK(exactly(unix_only, streams, Combination::any) == "ALLOW socket arg0 == 1; ALLOW socket arg1 == 1");
    CHECK(exactly(unix_only, streams, Combination::all) == "ALLOW socket arg0 == 1 and arg1 == 1");
    CHECK(exactly(unix_only, profile(allow("\"socket\"")), Combination::any) == "ALLOW socket");
    CHECK(exactly(unix_only, profile(allow("\"socket\"")), Combination::all) == "ALLOW socket arg0 == 1");
    CHECK(exactly(unix_only, profile(allow("\"socket\"", when(0, 5, "LT"))), Combination::any) ==
          "ALLOW socket arg0 < 5");
    CHECK(exactly(unix_only, profile(allow("\"socket\"", when(0, 1, "NE"))), Combination::any) == "ALLOW socket");
}

TEST_CASE("masks of two profiles are joined", "[profiles]") {
    const auto no_users = profile(allow("\"clone\"", when(0, 0x10000000, "MASKED_EQ")));
    const auto no_mounts = profile(allow("\"clone\"", when(0, 0x20000, "MASKED_EQ")));
    CHECK(exactly(no_users, no_mounts, Combination::all) == "ALLOW clone arg0 & 0x10020000 == 0");
    CHECK(exactly(no_users, no_mounts, Combination::any) ==
          "ALLOW clone arg0 & 0x10000000 == 0; ALLOW clone arg0 & 0x20000 == 0");
}

TEST_CASE("what permits by default and what refuses by default meet in one profile", "[profiles]") {
    const auto list = profile(allow("\"read\", \"mkdir\"") + "," + allow("\"socket\"", when(0, 1, "EQ")));
    const auto without = profile(R"({"names": ["mkdir", "reboot"], "action": "SCMP_ACT_ERRNO"},
        {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 38, "op": "SCMP_CMP_EQ"}]})",
                                 kEverything);
    CHECK(exactly(list, without, Combination::all) == "ALLOW read; ALLOW socket arg0 == 1");
    CHECK(exactly(list, without, Combination::any) == "ERRNO(EPERM) socket arg0 == 38; ERRNO(EPERM) reboot");
    CHECK(exactly(without, list, Combination::any) == "ERRNO(EPERM) reboot; ERRNO(EPERM) socket arg0 == 38");
}

TEST_CASE("of two refusals a union has the first profile's and an intersection the stricter one", "[profiles]") {
    const auto enosys = profile(R"({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38})");
    const auto kills = profile(R"({"names": ["clone3"], "action": "SCMP_ACT_KILL_PROCESS"})");
    CHECK(exactly(enosys, kills, Combination::any) == "ERRNO(ENOSYS) clone3");
    CHECK(exactly(kills, enosys, Combination::any) == "KILL_PROCESS clone3");
    CHECK(exactly(enosys, kills, Combination::all) == "KILL_PROCESS clone3");
    CHECK(exactly(enosys, profile(""), Combination::all) == "ERRNO(ENOSYS) clone3");
    CHECK(exactly(profile(""), enosys, Combination::all) == "");

    const auto inputs = filters_of({profile(""), enosys});
    const auto answers = proof_of(inputs, Combination::any, merged_of(inputs, Combination::any)).answers;
    REQUIRE(answers.size() == 1);
    CHECK(to_words(Combination::any, answers.front()) ==
          "clone3 on x86_64: ERRNO(ENOSYS) in b.json, ERRNO(EPERM) here");
}

TEST_CASE("the default action is chosen as any other answer", "[profiles]") {
    const auto enosys = R"("defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38)";
    const auto inputs =
        filters_of({profile(""), profile("", enosys), profile("", R"("defaultAction": "SCMP_ACT_TRAP")")});
    CHECK(default_action(merged_of(inputs, Combination::any)) == model::Action{model::ActionKind::error, 1});
    CHECK(default_action(merged_of(inputs, Combination::all)).kind == model::ActionKind::trap);
    const auto logs = filters_of({profile("", R"("defaultAction": "SCMP_ACT_LOG")"), profile("", kEverything)});
    CHECK(default_action(merged_of(logs, Combination::any)).kind == model::ActionKind::allow);
    CHECK(default_action(merged_of(logs, Combination::all)).kind == model::ActionKind::log);
}

TEST_CASE("an architecture that one profile does not list is listed by the union and left out by the intersection",
          "[profiles]") {
    const auto inputs = filters_of({profile(allow("\"read\", \"mkdir\"")),
                                    profile(allow("\"read\", \"write\""), R"("defaultAction": "SCMP_ACT_ERRNO")",
                                            R"("SCMP_ARCH_X86_64", "SCMP_ARCH_X86")")});
    const auto all = merged_of(inputs, Combination::all);
    CHECK(effective_archs(all).size() == 1);
    CHECK(proof_of(inputs, Combination::all, all).permissions.empty());
    CHECK(merge_notes(inputs, Combination::all, all) ==
          std::vector<std::string>{
              "i386 is left out: of the profiles only b.json lists it, and every call of it ends the thread"});

    const auto any = merged_of(inputs, Combination::any);
    CHECK(effective_archs(any).size() == 2);
    const auto wider = proof_of(inputs, Combination::any, any).permissions;
    REQUIRE(wider.size() == 1);
    CHECK_FALSE(is_broken_by(Combination::any, wider.front()));
    CHECK(to_words(Combination::any, wider.front()) ==
          "mkdir on i386: ALLOW, though no input permits it; such as mkdir()");
}

TEST_CASE("a profile that is not what it should be is found out with a witness", "[profiles]") {
    const auto inputs = filters_of(
        {profile(allow("\"clone\", \"read\"")), profile(allow("\"clone\"", when(0, 0x10000000, "MASKED_EQ")))});
    const auto too_much = proof_of(inputs, Combination::all, profile_of(profile(allow("\"clone\"")))).permissions;
    REQUIRE(too_much.size() == 1);
    CHECK(is_broken_by(Combination::all, too_much.front()));
    CHECK(to_words(Combination::all, too_much.front()) ==
          "clone (flags with CLONE_NEWUSER) on x86_64: ALLOW, though an input refuses it; such as "
          "clone(flags=CLONE_NEWUSER)");
    const auto too_little = proof_of(inputs, Combination::any, profile_of(profile(allow("\"clone\"")))).permissions;
    REQUIRE(too_little.size() == 1);
    CHECK(is_broken_by(Combination::any, too_little.front()));
    CHECK(to_words(Combination::any, too_little.front()) ==
          "read on x86_64: ERRNO(EPERM), though an input permits it; such as read()");
}

TEST_CASE("calls that hold other calls are merged as libseccomp has them", "[profiles]") {
    // On i386 a rule for semop is also one for ipc.
    const auto archs = R"("SCMP_ARCH_X86_64", "SCMP_ARCH_X86")";
    const auto list =
        profile(allow("\"ipc\", \"semop\", \"semget\", \"read\""), R"("defaultAction": "SCMP_ACT_ERRNO")", archs);
    const auto without = profile(R"({"names": ["semop", "semget"], "action": "SCMP_ACT_ERRNO"})", kEverything, archs);
    CHECK(exactly(list, without, Combination::all) == "ALLOW ipc arg0 == 0; ALLOW ipc arg0 >= 3; ALLOW read");
    CHECK(exactly(list, without, Combination::any) == "");
}

TEST_CASE("how a call is refused gives way where libseccomp calls it a contradiction", "[profiles]") {
    // On i386 both rules for socket are rules for socketcall, whose arguments no filter sees.
    const auto archs = R"("SCMP_ARCH_X86_64", "SCMP_ARCH_X86")";
    const auto careful = profile(allow("\"socketcall\"") + R"(, {"names": ["socket"], "action": "SCMP_ACT_ERRNO",
        "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]}, )" +
                                     allow("\"socket\"", when(0, 40, "NE")),
                                 R"("defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38)", archs);
    const auto without = profile(R"({"names": ["listen", "accept4"], "action": "SCMP_ACT_ERRNO"})", kEverything, archs);
    const auto rules = exactly(careful, without, Combination::all);
    CHECK(rules.find("ALLOW socket arg0 != 40") != std::string::npos);
    CHECK(rules.find("ERRNO(EPERM) socket ") == std::string::npos);
}

TEST_CASE("values that only 64 bits hold are not compared on architectures of 32 bits", "[profiles]") {
    const auto archs = R"("SCMP_ARCH_X86_64", "SCMP_ARCH_X86")";
    const auto two = profile(R"({"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
        {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 4294967295, "op": "SCMP_CMP_EQ"}]})",
                             R"("defaultAction": "SCMP_ACT_ERRNO")", archs);
    const auto without = profile(R"({"names": ["personality"], "action": "SCMP_ACT_ERRNO"})", kEverything, archs);
    const auto rules = exactly(two, without, Combination::any);
    CHECK(rules.find("ERRNO(EPERM) personality arg0 <= 7; ") != std::string::npos);
    CHECK(rules.find("ERRNO(EPERM) personality arg0 > 0xffffffff") != std::string::npos);
}

TEST_CASE("many clauses for how a call is refused become few for whether it is", "[profiles]") {
    const auto first = profile(R"({"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [
        {"index": 2, "value": 5, "op": "SCMP_CMP_LT"}, {"index": 3, "value": 7, "op": "SCMP_CMP_EQ"}]})",
                               kEverything);
    const auto second = profile(R"({"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "args": [
        {"index": 3, "value": 2147483648, "op": "SCMP_CMP_LT"}]})",
                                kEverything);
    CHECK(exactly(first, second, Combination::all) == "ERRNO(EPERM) socket arg3 < 0x80000000");
}

TEST_CASE("rules keep their comments", "[profiles]") {
    const auto inputs = filters_of({profile(allow("\"read\", \"write\"", R"(, "comment": "files")") + "," +
                                            allow("\"bind\", \"accept\"", R"(, "comment": "sockets")")),
                                    profile(allow("\"close\", \"bind\""))});
    const auto merged = merged_of(inputs, Combination::any);
    CHECK(rules_of(merged) == "ALLOW read, write; ALLOW accept, bind; ALLOW close");
    CHECK(merged.rules[1].comment == "sockets");
    CHECK(merged.rules[2].comment.empty());
}

TEST_CASE("names that libseccomp does not know are merged by name and not called proven", "[profiles]") {
    const auto inputs = filters_of({profile(allow("\"read\", \"no_such_call\"")), profile(allow("\"no_such_call\""))});
    const auto merged = merged_of(inputs, Combination::all);
    CHECK(rules_of(merged) == "ALLOW no_such_call");
    CHECK(unproven_names(merged) == std::vector<std::string>{"no_such_call"});
}

TEST_CASE("random profiles are merged into what they are together", "[profiles][bpf]") {
    const std::vector<std::string> names{"socket", "clone", "personality", "ioctl", "fcntl"};
    constexpr unsigned kSeeds = 150;
    unsigned merged_pairs = 0;
    unsigned exact = 0;
    unsigned broken = 0;
    unsigned unwritten = 0;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
        test::ProfileSource source{seed};
        const auto random_text = [&]() {
            if (source.below(4) == 0) return test::random_text(source);
            std::string rules = allow("\"read\", \"write\"");
            for (std::size_t i = source.below(5); i > 0; --i) {
                const std::vector<int> answers{0, 0, 1, 38};
                rules += "," + test::random_rule(source, names, answers[source.below(answers.size())]);
            }
            const bool permits = source.below(3) == 0;
            return profile(rules, permits ? kEverything : R"("defaultAction": "SCMP_ACT_ERRNO")",
                           source.below(3) == 0 ? R"("SCMP_ARCH_X86_64", "SCMP_ARCH_X86")" : R"("SCMP_ARCH_X86_64")");
        };
        Filters inputs;
        std::string said;
        while (inputs.size() < 2 + seed % 2) {
            const auto text = random_text();
            auto input = Filter::of(profile_of(text, fmt::format("{}.json", inputs.size())));
            if (!input) continue;  // two of the rules contradict each other
            inputs.push_back(std::move(*input));
            said += text + "\n";
        }
        for (const auto how : {Combination::any, Combination::all}) {
            const auto merged = merged_of(inputs, how);
            INFO("seed " << seed << "\n" << said << (how == Combination::any ? "any: " : "all: ") << rules_of(merged));
            const auto filter = Filter::of(merged);
            ++merged_pairs;
            if (!filter) {
                ++unwritten;
                REQUIRE(filter.error().message.find("contradicts") != std::string::npos);
                continue;
            }
            const auto proof = prove(inputs, how, *filter);
            if (!proof) {
                ++unwritten;
                REQUIRE(proof.error().message.find("too complex") != std::string::npos);
                continue;
            }
            if (proof->permissions.empty()) ++exact;
            const bool kept = std::none_of(proof->permissions.begin(), proof->permissions.end(),
                                           [&](const Deviation& one) { return is_broken_by(how, one); });
            if (!kept) ++broken;
            std::vector<bpf::Program> programs{filter->program()};
            for (const auto& input : inputs) programs.push_back(input.program());
            for (const auto& call : test::calls_around(programs, source.engine(), 300)) {
                const auto permits = [&](const Filter& one) { return !model::refuses(one.answer(call)); };
                const bool due = how == Combination::any ? std::any_of(inputs.begin(), inputs.end(), permits)
                                                         : std::all_of(inputs.begin(), inputs.end(), permits);
                INFO(test::text_of(call));
                if (proof->permissions.empty()) REQUIRE(permits(*filter) == due);
                if (kept) REQUIRE((how == Combination::any ? !due || permits(*filter) : due || !permits(*filter)));
            }
        }
    }
    INFO(merged_pairs << " merged, " << exact << " exact, " << broken << " broken");
    CHECK(exact > merged_pairs * 2 / 3);
    CHECK(broken <= merged_pairs / 100);  // of these nothing would be written
    CHECK(unwritten < merged_pairs / 50);
}

TEST_CASE("published profiles are merged with each other, proven", "[profiles][bpf]") {
    Filters inputs;
    for (const auto& path : published_profiles()) {
        core::Diagnostics diagnostics;
        const auto profile = load(source_of(file_text(path.string()), path.filename().string()), diagnostics);
        if (!profile) continue;
        auto filter = Filter::of(resolve(*profile, own_target(*profile, {6, 1, 0})).profile);
        if (filter) inputs.push_back(std::move(*filter));
    }
    REQUIRE(inputs.size() >= 3);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            Filters two;
            for (const auto at : {k, i}) two.emplace_back(*inputs[at].profile(), inputs[at].program());
            for (const auto how : {Combination::any, Combination::all}) {
                INFO(two[0].name() << " and " << two[1].name() << (how == Combination::any ? ", any" : ", all"));
                const auto merged = merged_of(two, how);
                for (const auto& deviation : proof_of(two, how, merged).permissions) {
                    INFO(to_words(how, deviation));
                    CHECK_FALSE(is_broken_by(how, deviation));
                    // Of profiles for the same architectures rules can say all of it.
                    CHECK(effective_archs(*two[0].profile()) != effective_archs(*two[1].profile()));
                }
            }
        }
    }
}

}  // namespace callgate::profiles
