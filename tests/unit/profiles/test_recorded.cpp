#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "profiles/recorded.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

model::CallEvidence seen(const std::string& name, std::vector<model::ValuesEvidence> values = {},
                         const std::string& arch = "x86_64") {
    model::CallEvidence call;
    call.arch = arch;
    call.syscall = name;
    call.count = 1;
    call.runs = 2;
    call.by_case = {{"startup", 1}};
    call.values = std::move(values);
    return call;
}

model::Evidence evidence(std::vector<model::CallEvidence> calls) {
    model::Evidence all;
    all.calls = std::move(calls);
    all.runs = 2;
    return all;
}

/// What the filter of the recorded profile answers.
std::string answer(const RecordedProfile& recorded, const std::string& name,
                   const std::array<std::uint64_t, 6>& args = {}, const std::string& arch = "x86_64") {
    const auto compiled = compile(profile_of(recorded.text));
    REQUIRE(compiled.has_value());
    return model::describe(model::Action::from_return(bpf::evaluate(compiled->program, call_of(arch, name, args))));
}

}  // namespace

TEST_CASE("what was seen is permitted and nothing else", "[profiles][record]") {
    const auto recorded = recorded_profile(evidence({seen("read"), seen("write")}), {}, "p.json");
    CHECK(answer(recorded, "read") == "ALLOW");
    CHECK(answer(recorded, "mount") == "ERRNO(EPERM)");
    CHECK(answer(recorded, "clone3") == "ERRNO(ENOSYS)");
    CHECK(answer(recorded, "read", {}, "i386") == "KILL_THREAD");
    RecordedChoices choices;
    choices.enosys = false;
    choices.more = {{"getpid", "base", "runc makes it"}};
    const auto strict = recorded_profile(evidence({seen("read")}), choices, "p.json");
    CHECK(answer(strict, "clone3") == "ERRNO(EPERM)");
    CHECK(answer(strict, "getpid") == "ALLOW");
}

TEST_CASE("every architecture that was seen is listed", "[profiles][record]") {
    const auto recorded = recorded_profile(evidence({seen("read"), seen("socketcall", {}, "i386")}), {}, "p.json");
    CHECK(answer(recorded, "socketcall", {}, "i386") == "ALLOW");
    CHECK(answer(recorded, "read") == "ALLOW");
}

TEST_CASE("arguments that every run saw are permitted and no others", "[profiles][record]") {
    RecordedChoices choices;
    choices.args = true;
    const auto recorded =
        recorded_profile(evidence({seen("socket", {{{2, 1, 6}, 1, 2}, {{1, 1, 0}, 1, 2}})}), choices, "p.json");
    CHECK(answer(recorded, "socket", {2, 1, 6}) == "ALLOW");
    CHECK(answer(recorded, "socket", {1, 1, 0}) == "ALLOW");
    CHECK(answer(recorded, "socket", {2, 1, 0}) == "ERRNO(EPERM)");
    CHECK(answer(recorded, "socket", {16, 1, 6}) == "ERRNO(EPERM)");
    // The kernel reads 32 bits of each: another upper half is the same call.
    CHECK(answer(recorded, "socket", {0x100000002, 1, 6}) == "ALLOW");
    CHECK(answer(recorded, "socket", {0x100000010, 1, 6}) == "ERRNO(EPERM)");
}

TEST_CASE("arguments that not every run saw are not asked for", "[profiles][record]") {
    RecordedChoices choices;
    choices.args = true;
    const auto once = recorded_profile(evidence({seen("socket", {{{2, 1, 6}, 1, 1}})}), choices, "p.json");
    CHECK(answer(once, "socket", {16, 3, 9}) == "ALLOW");
    CHECK(once.notes.at(0) == "socket: its arguments are not asked for: not every run saw the same ones");
    auto lost = seen("socket", {{{2, 1, 6}, 1, 2}});
    lost.untold = 1;
    CHECK(answer(recorded_profile(evidence({lost}), choices, "p.json"), "socket", {16, 3, 9}) == "ALLOW");
    std::vector<model::ValuesEvidence> many;
    for (std::uint64_t i = 0; i < 100; ++i) many.push_back({{i, 1, 0}, 1, 2});
    CHECK(answer(recorded_profile(evidence({seen("socket", many)}), choices, "p.json"), "socket", {200}) == "ALLOW");
}

TEST_CASE("what has no name here is told", "[profiles][record]") {
    const auto recorded = recorded_profile(evidence({seen("read"), seen("syscall 9999")}), {}, "p.json");
    CHECK(recorded.notes.at(0) == "syscall 9999 was made and has no name here: no profile can permit it");
}

}  // namespace callgate::profiles
