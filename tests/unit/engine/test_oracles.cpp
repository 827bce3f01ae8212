#include "harness/core/sha256.h"
#include "harness/engine/oracle.h"
#include "harness/engine/reference.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

using Lines = std::vector<std::string>;

SeenProcess process(std::string role, std::string identity = "Uid: 33", double busy = 0) {
    SeenProcess seen;
    seen.pid = 7;
    seen.role = std::move(role);
    seen.identity = std::move(identity);
    seen.busy = busy;
    return seen;
}

/// A server with a master and two workers, which writes a log and a data file.
Snapshot server() {
    Snapshot snapshot;
    snapshot.running = true;
    snapshot.processes = {process("master", "Uid: 0"), process("worker"), process("worker")};
    snapshot.files = {{"access.log", {100, true}}, {"dump.rdb", {88, true}}, {"empty", {0, false}}};
    snapshot.answers = {{"http /: body", "12 bytes, ab"}};
    snapshot.latencies = {{"http /: latency_p99_ms", 20}};
    return snapshot;
}

/// What one oracle says of `seen`, compared with server().
Lines says(const std::string& name, const Snapshot& seen, const ports::OracleSetting& setting = {}) {
    const auto reference = server();
    Lines lines;
    for (const auto& [known, oracle] : all_oracles()) {
        if (known != name) continue;
        for (auto& finding : findings_of(*oracle, seen, &reference, setting)) lines.push_back(std::move(finding.text));
    }
    return lines;
}

}  // namespace

TEST_CASE("what looks as in the reference run satisfies every oracle", "[engine]") {
    const auto names = all_oracles();
    CHECK(names.size() == ports::oracles().size());
    CHECK(std::is_sorted(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
    for (const auto& [name, oracle] : names) CHECK(says(std::string{name}, server()).empty());
}

TEST_CASE("another body than the reference run's is told with both", "[engine]") {
    auto seen = server();
    seen.answers["http /: body"] = "0 bytes, e3";
    CHECK(says("bodies", seen) == Lines{"http /: body is 0 bytes, e3, in the reference run it is 12 bytes, ab"});
}

TEST_CASE("workers that kept the master's user are told", "[engine]") {
    auto seen = server();
    seen.processes[2].identity = "Uid: 0";
    CHECK(says("identities", seen) == Lines{"'worker' runs with Uid: 0; in the reference run with Uid: 33"});
}

TEST_CASE("a process that spins is told, one that spins in the reference run too is not", "[engine]") {
    auto seen = server();
    seen.processes[0].busy = 0.97;
    CHECK(says("idle-cpu", seen) ==
          Lines{"'master' (7) runs 97 % of the time while nothing is asked of it; in the reference run 0 %"});
    auto reference = server();
    reference.processes[0].busy = 0.9;
    for (const auto& [name, oracle] : all_oracles()) {
        if (name == "idle-cpu") CHECK(findings_of(*oracle, seen, &reference, {}).empty());
    }
}

TEST_CASE("processes that are missing, too many or orphaned are told", "[engine]") {
    auto seen = server();
    SECTION("missing") {
        seen.processes.pop_back();
        CHECK(says("processes", seen) == Lines{"1 of the process 'worker', in the reference run 2"});
    }
    SECTION("too many") {
        seen.processes.push_back(process("worker is shutting down"));
        CHECK(says("processes", seen) == Lines{"1 of the process 'worker is shutting down', in the reference run 0"});
    }
    SECTION("orphaned") {
        seen.processes[1].orphan = true;
        CHECK(says("processes", seen) == Lines{"1 of the processes lost their parent, in the reference run 0"});
    }
}

TEST_CASE("an ended child that nobody waits for is told", "[engine]") {
    auto seen = server();
    seen.processes.push_back(process("true"));
    seen.processes.back().zombie = true;
    CHECK(says("zombies", seen) == Lines{"1 ended 'true' not reaped, in the reference run 0"});
    CHECK(says("processes", seen).empty());
}

TEST_CASE("files that are missing, empty or no longer written are told", "[engine]") {
    auto seen = server();
    seen.files.erase("dump.rdb");
    seen.files["access.log"] = {100, false};
    CHECK(says("files", seen) == Lines{"the file access.log does not grow, unlike in the reference run",
                                       "the file dump.rdb is missing, unlike in the reference run"});
    seen = server();
    seen.files["dump.rdb"].size = 0;
    CHECK(says("files", seen) == Lines{"the file dump.rdb is empty, unlike in the reference run"});
}

TEST_CASE("a latency must be many times the reference's and much more than it, and not in log mode", "[engine]") {
    auto seen = server();
    auto& p99 = seen.latencies["http /: latency_p99_ms"];
    p99 = 3567;
    CHECK(
        says("latency", seen) ==
        Lines{
            "http /: latency_p99_ms is 3567.0, in the reference run 20.0 (allowed: 10 times as much, or 250 ms more)"});
    p99 = 260;
    CHECK(says("latency", seen).empty());
    p99 = 190;
    CHECK(says("latency", seen, {true, {}, 2, core::Milliseconds{100}}).size() == 1);
    seen.held_up = true;
    p99 = 3567;
    CHECK(says("latency", seen).empty());
}

TEST_CASE("a line of trouble that the reference run has not is told", "[engine]") {
    Reference reference;
    auto usual = server();
    usual.trouble = {{"[warn] usual", ""}};
    reference.add("startup", usual);
    auto seen = server();
    seen.trouble = {{"[warn] usual", "[warn] usual"},
                    {"[emerg] initgroups(www-data, 0) failed", "[emerg] initgroups(www-data, 33) failed"}};
    reference.add("work", server());
    for (const auto& [name, oracle] : all_oracles()) {
        if (name != "log") continue;
        const auto findings = findings_of(*oracle, seen, reference.find("work"), {});
        REQUIRE(findings.size() == 1);
        CHECK(findings.front().text == "the output says: [emerg] initgroups(www-data, 33) failed");
    }
}

TEST_CASE("what was seen after the end is told without a reference", "[engine]") {
    Snapshot seen;
    seen.stop_problem = "it did not stop";
    seen.leftovers = {"nginx[12]"};
    seen.open_ports = {"http (127.0.0.1:80)"};
    seen.check_problem = "'ready' afterwards: no answer";
    Lines all;
    for (const auto& [name, oracle] : all_oracles()) {
        for (const auto& finding : findings_of(*oracle, seen, nullptr, {})) all.push_back(finding.text);
    }
    CHECK(all == Lines{"'ready' afterwards: no answer", "nginx[12] outlived the workload's first process",
                       "port http (127.0.0.1:80) still accepts connections after the workload has ended",
                       "it did not stop"});
}

TEST_CASE("an oracle that is off says nothing, and one ignores what it is told to", "[engine]") {
    auto seen = server();
    seen.files.erase("dump.rdb");
    CHECK(says("files", seen, {false, {}}).empty());
    CHECK(says("files", seen, {true, {"dump.*"}}).empty());
    CHECK(says("files", seen, {true, {"*.log"}}).size() == 1);
}

TEST_CASE("a reference survives its file, without the words of the output", "[engine]") {
    Reference reference;
    auto snapshot = server();
    snapshot.trouble = {{"error: password=hunter22", "error: password=hunter22"}};
    reference.add("work", snapshot);
    const auto text = reference_text(reference);
    CHECK(text.find("hunter22") == std::string::npos);
    const auto read = read_reference(text);
    REQUIRE(read);
    const auto* work = read->find("work");
    REQUIRE(work != nullptr);
    CHECK(work->processes.size() == 3);
    CHECK(work->processes.front().identity == "Uid: 0");
    CHECK(work->files.at("dump.rdb").size == 88);
    CHECK(work->answers == snapshot.answers);
    CHECK(work->trouble.contains(core::sha256("error: password=hunter22")));
    CHECK(work->trouble.size() == 1);
    CHECK_FALSE(read_reference("{}"));
    CHECK_FALSE(read_reference("no JSON"));
}

TEST_CASE("a case that failed in the reference run is compared with nothing", "[engine]") {
    Reference reference;
    reference.add("work", server());
    reference.faults["work"] = "status 500";
    CHECK(reference.find("work") == nullptr);
}

}  // namespace callgate::engine
