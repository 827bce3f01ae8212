#include "harness/core/files.h"
#include "harness/engine/snapshot.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

core::TempDir directory_with(const std::string& name, const std::string& text) {
    auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    REQUIRE(core::write_file(directory->path() / name, text));
    return std::move(*directory);
}

}  // namespace

TEST_CASE("lines that speak of trouble are told from those that do not", "[engine]") {
    const std::vector<std::string> trouble{
        "2026/11/26 [emerg] 12#12: chown() failed (1: Operation not permitted)",
        "Error: listen EADDRINUSE",
        "PANIC:  could not flush dirty data",
        "worker 12 was terminated by signal 9",
        "Segfault!",
        "[warn] 1#1: the \"user\" directive makes sense only if",
    };
    const std::vector<std::string> fine{"self.error_log.info(message)", "GET /errorlog 200", "terrors of the deep",
                                        "unfailing service", "started"};
    std::string text;
    for (const auto& line : trouble) text += line + "\n";
    for (const auto& line : fine) text += line + "\n";
    const auto directory = directory_with("server.log", text);
    const auto seen = see_trouble(directory.path(), directory.path() / "none", {});
    for (const auto& line : trouble) {
        const bool told = std::any_of(seen.begin(), seen.end(), [&](const auto& one) { return one.second == line; });
        CHECK(told);
    }
    CHECK(seen.size() == trouble.size());
}

TEST_CASE("only what was written since the case began is read", "[engine]") {
    const auto directory = directory_with("server.log", "error one\nerror two\n");
    const auto seen = see_trouble(directory.path(), directory.path() / "none", {{"server.log", 10}});
    REQUIRE(seen.size() == 1);
    CHECK(seen.begin()->second == "error two");
    // Begun anew: all of it is new.
    CHECK(see_trouble(directory.path(), directory.path() / "none", {{"server.log", 1000}}).size() == 2);
}

TEST_CASE("files are known by a path that is the same in another run", "[engine]") {
    const auto directory = directory_with("dump-123.rdb", "data");
    const auto before = file_sizes(directory.path());
    auto seen = see_files(directory.path(), before);
    REQUIRE(seen.count("dump-0.rdb") == 1);
    CHECK(seen.at("dump-0.rdb").size == 4);
    CHECK_FALSE(seen.at("dump-0.rdb").grew);
    CHECK(see_files(directory.path(), {}).at("dump-0.rdb").grew);
}

TEST_CASE("of few requests the slowest one says nothing", "[engine]") {
    const auto latencies = [](double requests) {
        model::StepResult step;
        step.name = "http GET http://127.0.0.1:8080/";
        step.metrics = {{"requests", requests}, {"latency_p50_ms", 3}, {"latency_p99_ms", 300}};
        Snapshot snapshot;
        see_steps({step}, snapshot);
        return snapshot.latencies;
    };
    const std::string name = "http GET http://0.0.0.0:0/: ";
    CHECK(latencies(20) == std::map<std::string, double>{{name + "latency_p50_ms", 3}});
    CHECK(latencies(100) == std::map<std::string, double>{{name + "latency_p99_ms", 300}});
}

}  // namespace callgate::engine
