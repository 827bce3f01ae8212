#include "profiles/drift.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

model::CallEvidence made(const std::string& name, const std::string& by_case, const std::string& by = "/usr/sbin/web") {
    model::CallEvidence call;
    call.arch = "x86_64";
    call.syscall = name;
    call.count = 1;
    call.runs = 1;
    call.by_case = {{by_case, 1}};
    call.executables = {by};
    return call;
}

Lock recorded(std::vector<model::CallEvidence> calls) {
    Lock lock;
    lock.recorded_at = "2026-01-31T12:00:00";
    lock.workload = "web";
    lock.kernel = "6.1";
    lock.libc = "glibc 2.36";
    lock.scenarios = {"load"};
    lock.programs = {{"/usr/sbin/web", "aaaa", "web 1.0"}};
    lock.evidence.calls = std::move(calls);
    return lock;
}

std::string drift_text(const Lock& before, const Lock& after) {
    return render_text(drift(before, after), before, after);
}

}  // namespace

TEST_CASE("recordings with the same calls have not drifted, whatever else changed", "[profiles][record]") {
    auto after = recorded({made("read", "load")});
    after.kernel = "6.12";
    CHECK(drift_text(recorded({made("read", "load")}), after).empty());
}

TEST_CASE("a new call is laid to the program that is another one, and a lost one too", "[profiles][record]") {
    auto after = recorded({made("read", "load"), made("statx", "load")});
    after.programs[0] = {"/usr/sbin/web", "bbbb", "web 2.0"};
    CHECK(drift_text(recorded({made("read", "load"), made("stat", "load")}), after) ==
          "web: since 2026-01-31T12:00:00 1 new, 1 no longer made\n"
          "+ statx on x86_64\n"
          "      /usr/sbin/web is web 2.0, was web 1.0\n"
          "- stat on x86_64\n"
          "      /usr/sbin/web is web 2.0, was web 1.0\n");
}

TEST_CASE("a new call of a new scenario is that scenario's", "[profiles][record]") {
    auto after = recorded({made("read", "load"), made("rename", "reload")});
    after.scenarios.push_back("reload");
    after.programs[0].sha256 = "bbbb";
    CHECK(drift(recorded({made("read", "load")}), after).at(0).causes ==
          std::vector<std::string>{"the scenario 'reload' is new"});
}

TEST_CASE("the C library, the kernel and programs that were not there are causes", "[profiles][record]") {
    auto after = recorded({made("read", "load"), made("clone3", "startup", "/usr/bin/new")});
    after.programs.push_back({"/usr/bin/new", "cccc", ""});
    after.libc = "glibc 2.41";
    after.kernel = "6.12";
    CHECK(drift(recorded({made("read", "load")}), after).at(0).causes ==
          std::vector<std::string>{"/usr/bin/new is new", "the C library is glibc 2.41, was glibc 2.36",
                                   "the kernel is 6.12, was 6.1"});
}

TEST_CASE("where nothing changed chance is named", "[profiles][record]") {
    auto after = recorded({made("read", "load"), made("madvise", "load")});
    after.evidence.runs = 3;
    CHECK(drift(recorded({made("read", "load")}), after).at(0).causes ==
          std::vector<std::string>{"nothing that is known changed, and it is in 1 of 3 runs: chance"});
}

}  // namespace callgate::profiles
