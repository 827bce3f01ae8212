#include "harness/core/files.h"
#include "profiles/lock.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <filesystem>

namespace callgate::profiles {

namespace {

Lock some_lock() {
    Lock lock;
    lock.recorded_at = "2026-01-31T12:00:00";
    lock.callgate = "0.1.0";
    lock.recorder = "bpf";
    lock.kernel = "6.1.0";
    lock.libc = "glibc 2.36";
    lock.workload = "web";
    lock.plan = "plan.yaml";
    lock.plan_sha256 = "ab";
    lock.profile_sha256 = "cd";
    lock.scenarios = {"load", "reload"};
    lock.programs = {{"/usr/sbin/nginx", "ef", "nginx-light 1.22.1-9"}};
    lock.evidence.runs = 3;
    lock.evidence.second_pass = true;
    lock.evidence.gaps = {"2 calls were not counted"};
    model::CallEvidence call;
    call.arch = "x86_64";
    call.syscall = "socket";
    call.nr = 41;
    call.count = ~std::uint64_t{0};
    call.runs = 2;
    call.by_case = {{"startup", 1}, {"load", 9}};
    call.by_step = {{"load: http GET /", 9}};
    call.executables = {"/usr/sbin/nginx"};
    call.first_ms = 3;
    call.last_ms = 900;
    call.values = {{{2, 0x80001, 0}, 9, 2}, {{~std::uint64_t{0}}, 1, 1}};
    call.untold = 4;
    call.stack = {{"/lib/libc.so.6", "socket", 0x10f, "", 0}, {"/usr/sbin/nginx", "main", 0x20, "nginx.c", 7}};
    lock.evidence.calls = {call};
    lock.reasons = {{"getdents64", "base", "runc makes it"}};
    return lock;
}

std::optional<Lock> read(const std::string& text, std::string* said = nullptr) {
    core::Diagnostics diagnostics;
    auto lock = read_lock(source_of(text, "p.lock.json"), diagnostics);
    if (said != nullptr) *said = core::render(diagnostics);
    CHECK(lock.has_value() != diagnostics.has_errors());
    return lock;
}

}  // namespace

TEST_CASE("a lock is read as it was written", "[profiles][record]") {
    const auto text = render_lock(some_lock());
    const auto lock = read(text);
    REQUIRE(lock);
    CHECK(render_lock(*lock) == text);
    CHECK(lock->programs == some_lock().programs);
    const auto& call = lock->evidence.calls.at(0);
    CHECK(call.values == some_lock().evidence.calls[0].values);
    CHECK(call.count == ~std::uint64_t{0});
    CHECK(lock->evidence.second_pass);
    REQUIRE(call.stack.size() == 2);
    CHECK(call.stack[1].symbol == "main");
    CHECK(call.stack[1].line == 7);
    CHECK(call.by_step.at("load: http GET /") == 9);
}

TEST_CASE("a frame is one line, without a source file where none is known", "[profiles][record]") {
    auto lock = some_lock();
    lock.evidence.calls.at(0).stack = {{"/bin/web", "", 16, "", 0}, {"/bin/web", "main", 32, "web.c", 7}};
    CHECK_THAT(render_lock(lock),
               Catch::Matchers::Contains("   \"stack\": [\n"
                                         "    {\"module\":\"/bin/web\",\"symbol\":\"\",\"offset\":16},\n"
                                         "    {\"module\":\"/bin/web\",\"symbol\":\"main\",\"offset\":32,"
                                         "\"file\":\"web.c\",\"line\":7}\n"
                                         "   ]\n"));
    const auto again = read(render_lock(lock));
    REQUIRE(again);
    CHECK(again->evidence.calls.at(0).stack.at(0).file.empty());
}

TEST_CASE("the packs' locks are as callgate writes them", "[profiles][record]") {
    std::size_t found = 0;
    for (const auto& pack : std::filesystem::directory_iterator{CALLGATE_SOURCE_DIR "/profiles/library"}) {
        const auto file = core::read_file(pack.path() / "profile.lock.json");
        if (!file) continue;
        INFO(pack.path());
        const auto lock = read(*file);
        REQUIRE(lock);
        CHECK((render_lock(*lock) == *file));
        ++found;
    }
    CHECK(found == 8);
}

TEST_CASE("a lock of a later callgate is read as far as it is known", "[profiles][record]") {
    auto text = render_lock(some_lock());
    text.insert(text.find("\"schema\""), "\"colour\": {\"a\": []}, ");
    CHECK(read(text).has_value());
}

TEST_CASE("what is no lock is told with its place", "[profiles][record]") {
    std::string said;
    CHECK(!read("[]", &said));
    CHECK(said.find("p.lock.json:1:1: error: ") == 0);
    CHECK(!read(R"({"schema": "callgate.lint/1"})", &said));
    CHECK(said.find("this is no 'callgate.lock/1'") != std::string::npos);
    auto text = render_lock(some_lock());
    text.replace(text.find("\"count\": 1"), 10, "\"count\": \"x\"");
    CHECK(!read(text, &said));
    CHECK(said.find("p.lock.json:") != std::string::npos);
}

}  // namespace callgate::profiles
