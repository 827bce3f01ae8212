#include "harness/core/files.h"
#include "reports/embedded.h"
#include "reports/format.h"
#include "reports/read_run.h"
#include "tests/support/golden.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <string>

using namespace callgate;
using Json = nlohmann::json;

namespace {

std::string rendered(const model::RunResult& run) {
    return reports::find_format("run-json")->render(run);
}

Json parsed(const model::RunResult& run) {
    return Json::parse(rendered(run));
}

}  // namespace

TEST_CASE("run.json of every shared run is what its schema says", "[reports]") {
    if (tests::run_shell("python3 -c 'import jsonschema'").exit_code != 0) {
        WARN("python3-jsonschema is not installed: run.json was not validated");
        return;
    }
    const auto directory = core::TempDir::make("callgate-test-");
    REQUIRE(directory);
    std::string files;
    auto runs = tests::golden_runs();
    runs.push_back({"empty", {}});
    for (const auto& [name, run] : runs) {
        const auto path = directory->path() / (name + ".json");
        REQUIRE(core::write_file(path, rendered(run)));
        files += " '" + path.string() + "'";
    }
    const auto result = tests::run_shell("python3 - " CALLGATE_SOURCE_DIR "/reports/run.schema.json" + files +
                                         " <<'END'\n"
                                         "import json, sys, jsonschema\n"
                                         "schema = json.load(open(sys.argv[1]))\n"
                                         "jsonschema.Draft202012Validator.check_schema(schema)\n"
                                         "validator = jsonschema.Draft202012Validator(schema)\n"
                                         "wrong = [(p, e.json_path, e.message) for p in sys.argv[2:] for e in "
                                         "validator.iter_errors(json.load(open(p)))]\n"
                                         "sys.exit('\\n'.join(map(str, wrong)) or 0)\n"
                                         "END");
    INFO(result.output);
    CHECK(result.exit_code == 0);
}

TEST_CASE("the binary carries the schema of run.json", "[reports]") {
    const auto files = reports::embedded_files();
    const auto found =
        std::find_if(files.begin(), files.end(), [](const auto& file) { return file.name == "run.schema.json"; });
    REQUIRE(found != files.end());
    CHECK(core::read_file(CALLGATE_SOURCE_DIR "/reports/run.schema.json").value() == found->text);
}

TEST_CASE("run.json tells a violation field by field", "[reports]") {
    const auto json = parsed(tests::violated_run());
    CHECK(json["schema"] == "callgate.run/1");
    CHECK(json["exit_code"] == 1);
    CHECK(json["callgate"]["version"] == "0.1.0");
    const auto& violation = json["cases"][0]["violations"][0];
    CHECK(violation["syscall"] == "mkdir");
    CHECK(violation["errno"] == 1);
    CHECK(violation["args"] == Json{"0x7ffd3c2a1e40", "0x1c0", "0x0", "0x0", "0x0", "0x0"});
    CHECK(violation["rule"] == Json{{"file", "nginx.json"}, {"line", 2}, {"column", 3}});
    CHECK(violation["stack"][1]["symbol"] == "ngx_create_paths");
    CHECK(violation["returned"] == "0");
    CHECK(violation["exact_rule"].get<std::string>().starts_with(R"({"names": ["mkdir"])"));
    CHECK(json["cases"][0]["violations"][1]["stack"].size() == 20);
    CHECK_FALSE(violation.contains("expected"));
    CHECK_FALSE(json.contains("workload"));
}

TEST_CASE("run.json sums refusals per mode and never over modes", "[reports]") {
    const auto json = parsed(tests::violated_run());
    CHECK(json["refused"] == Json::parse(R"([
        {"mode": "log", "arch": "x86_64", "syscall": "mkdir", "nr": 83, "count": 8},
        {"mode": "log", "arch": "x86_64", "syscall": "prctl", "nr": 157, "count": 1},
        {"mode": "log", "arch": "x86_64", "syscall": "setgid", "nr": 106, "count": 2},
        {"mode": "errno", "arch": "x86_64", "syscall": "mkdir", "nr": 83, "count": 5},
        {"mode": "errno", "arch": "x86_64", "syscall": "setgid", "nr": 106, "count": 9}])"));
}

TEST_CASE("run.json of a single command has its wait status at the top", "[reports]") {
    const auto json = parsed(tests::single_command_run());
    CHECK(json["workload"] == Json{{"name", "./server"}, {"signal", 11}});
    CHECK(json["cases"][0]["workload"] == json["workload"]);
    CHECK(parsed(tests::passing_run())["cases"][2]["workload"] == Json{{"name", "nginx"}, {"exit", 0}});
}

TEST_CASE("run.json says that a run was interrupted", "[reports]") {
    const auto json = parsed(tests::interrupted_run());
    CHECK(json["interrupted"]["signal"] == 15);
    CHECK(json["exit_code"] == 143);
    CHECK(parsed(tests::passing_run())["interrupted"].is_null());
}

TEST_CASE("run.json holds every violation, however many", "[reports]") {
    const auto json = parsed(tests::crowded_run());
    CHECK(json["cases"][0]["violations"].size() == 10'000);
    std::uint64_t sum = 0;
    for (const auto& total : json["refused"]) sum += total["count"].get<std::uint64_t>();
    CHECK(sum == 10'000);
}

TEST_CASE("run.json keeps the beginning of a long string, the end of a long log, and says so", "[reports]") {
    auto run = tests::setup_failed_run();
    run.cases[0].reasons = {std::string(5000, 'x')};
    run.cases[0].log_tail = "first" + std::string(70'000, 'y') + "last";
    const auto json = parsed(run);
    const auto reason = json["cases"][0]["reasons"][0].get<std::string>();
    CHECK(reason.size() == json["limits"]["string_bytes"]);
    CHECK(reason.ends_with("x…"));
    const auto log = json["cases"][0]["log_tail"].get<std::string>();
    CHECK(log.size() == json["limits"]["log_bytes"]);
    CHECK(log.ends_with("ylast"));
}

TEST_CASE("run.json holds nothing that a page or a CI log would take for its own", "[reports]") {
    const auto text = rendered(tests::hostile_run());
    CHECK(text.find("</") == std::string::npos);
    CHECK(text.find("##") == std::string::npos);
    // Only the spelling differs: the value is what it was.
    CHECK(parsed(tests::hostile_run())["notes"][0].get<std::string>().ends_with("</script>"));
}

TEST_CASE("a number that JSON cannot say is null", "[reports]") {
    auto run = tests::passing_run();
    run.cases[1].steps[0].metrics = {{"rate", std::numeric_limits<double>::infinity()}};
    CHECK(parsed(run)["cases"][1]["steps"][0]["metrics"][0]["value"].is_null());
}

TEST_CASE("a run read back from its run.json is written as it was", "[reports]") {
    auto runs = tests::golden_runs();
    runs.push_back({"empty", {}});
    for (const auto& [name, run] : runs) {
        INFO(name);
        const auto first = rendered(run);
        const auto read = reports::read_run(first);
        REQUIRE(read);
        CHECK(rendered(*read) == first);
    }
}

TEST_CASE("a run.json of an older version, which holds less, is still read", "[reports]") {
    auto json = parsed(tests::violated_run());
    json.erase("directory");
    json.erase("inputs");
    for (auto& c : json["cases"]) {
        for (auto& violation : c["violations"]) {
            violation.erase("returned");
            violation.erase("exact_rule");
        }
    }
    const auto read = reports::read_run(json.dump());
    REQUIRE(read);
    CHECK(read->cases[0].violations[0].syscall == "mkdir");
    CHECK(read->cases[0].violations[0].returned.empty());
    CHECK(read->cases[0].violations[0].exact_rule.empty());
    CHECK(read->directory.empty());
    CHECK(read->inputs.empty());
}

TEST_CASE("a run read back gives the same other reports, but for the text of proposals", "[reports]") {
    auto run = tests::violated_run();
    for (auto& proposal : run.proposals) proposal.text = proposal.diff = "";
    const auto read = reports::read_run(rendered(run));
    REQUIRE(read);
    for (const auto* format : reports::formats()) {
        INFO(format->name);
        CHECK(format->render(*read) == format->render(run));
    }
}

TEST_CASE("a run.json that is none is refused with the place and what would be right", "[reports]") {
    using Row = std::tuple<std::string, std::string>;
    const auto change = [](std::string_view pointer, const Json& value) {
        auto json = parsed(tests::passing_run());
        json[Json::json_pointer{std::string{pointer}}] = value;
        return json.dump();
    };
    auto [text, message] = GENERATE_COPY(table<std::string, std::string>(
        {Row{"", "not valid JSON; a run.json of callgate is wanted"}, Row{"[]", "the report must be an object"},
         Row{"{}", "schema is missing"},
         Row{R"({"schema": "callgate.run/2"})", "schema is 'callgate.run/2'; callgate.run/1 is wanted"},
         Row{R"({"schema": "callgate.run/1"})", "callgate is missing"},
         Row{change("/cases/0/mode", "fast"), "cases[0].mode is no mode: 'fast'"},
         Row{change("/cases/1/outcome", "\x1b"), "cases[1].outcome is no outcome: '\\x1b'"},
         Row{change("/cases/0/expected/0/nr", 5'000'000'000),
             "cases[0].expected[0].nr must be a whole number from -2147483648 to 2147483647"},
         Row{change("/cases/0/expected/0/count", -1),
             "cases[0].expected[0].count must be a whole number from 0 to 18446744073709551615"},
         Row{change("/cases", Json::object()), "cases must be a list"},
         Row{change("/plan", 3), "plan must be a string"}}));
    const auto read = reports::read_run(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == message);
}

TEST_CASE("a run.json that is nested very deeply is refused", "[reports]") {
    const auto read = reports::read_run(std::string(100'000, '[') + std::string(100'000, ']'));
    REQUIRE_FALSE(read);
}
