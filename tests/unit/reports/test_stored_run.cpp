#include "harness/core/files.h"
#include "reports/format.h"
#include "reports/read_run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace callgate;

namespace {

/// Written by the first callgate that had the schema callgate.run/1, and never written again.
std::string stored() {
    return core::read_file(CALLGATE_SOURCE_DIR "/tests/data/runs/run-1.json").value();
}

}  // namespace

TEST_CASE("a run.json that an earlier callgate wrote can be reported", "[reports]") {
    const auto run = reports::read_run(stored());
    REQUIRE(run);
    CHECK(run->cases.size() == 7);
    CHECK(model::exit_code(*run) == 1);
    CHECK(run->cases[0].violations[0].stack[1].symbol == "ngx_create_paths");
    CHECK(run->cases[0].violations[1].stack.size() == 20);
    CHECK(run->proposals[0].added.size() == 3);
    for (const auto* format : reports::formats()) {
        INFO(format->name);
        CHECK(format->render(*run).find("mkdir") != std::string::npos);
    }
}

TEST_CASE("what a later callgate adds to run.json is passed over", "[reports]") {
    auto json = nlohmann::json::parse(stored());
    json["new"] = {{"thing", 1}};
    json["cases"][0]["new"] = nlohmann::json::array({1, 2});
    json["cases"][0]["violations"][0]["new"] = "x";
    json["cases"][0]["steps"][0]["new"] = nullptr;
    json["proposals"][0]["new"] = true;
    const auto run = reports::read_run(json.dump());
    REQUIRE(run);
    CHECK(run->cases.size() == 7);
}
