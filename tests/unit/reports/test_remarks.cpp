#include "harness/core/files.h"
#include "reports/format.h"
#include "reports/remarks.h"
#include "tests/support/golden.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace callgate;
using Json = nlohmann::json;
using model::Outcome;

namespace {

std::string rendered(const std::string& format, const model::RunResult& run) {
    return reports::find_format(format)->render(run);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::vector<std::string> lines_with(const std::string& text, std::string_view beginning) {
    auto lines = lines_of(text);
    std::erase_if(lines, [&](const std::string& line) { return !line.starts_with(beginning); });
    return lines;
}

/// So many cases that missed something, one that could not be judged, and the findings of violated_run().
model::RunResult many_failures(std::size_t number) {
    auto run = tests::violated_run();
    const auto failed = run.cases[4];
    for (std::size_t i = 0; i < number; ++i) {
        run.cases.push_back(failed);
        run.cases.back().name += " " + std::to_string(i);
    }
    run.cases.push_back(tests::setup_failed_run().cases[0]);
    return run;
}

/// What python3-jsonschema says of the texts; nothing where the schema or the package is not there.
std::string complaints(const std::string& schema_name, const std::vector<std::string>& texts, bool each_item) {
    const char* shared = std::getenv("CALLGATE_SHARED");
    const std::filesystem::path folder{shared != nullptr ? shared : CALLGATE_SOURCE_DIR "/../shared"};
    const auto schema = (folder / "data" / "schemas" / schema_name).string();
    if (tests::run_shell("test -r '" + schema + "' && python3 -c 'import jsonschema'").exit_code != 0) {
        WARN("python3-jsonschema or " << schema << " is not there: nothing was validated");
        return "";
    }
    const auto directory = core::TempDir::make("callgate-test-");
    REQUIRE(directory);
    std::string files;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto path = directory->path() / (std::to_string(i) + ".json");
        REQUIRE(core::write_file(path, texts[i]));
        files += " '" + path.string() + "'";
    }
    const std::string items = each_item ? "json.load(open(p))" : "[json.load(open(p))]";
    const auto result = tests::run_shell("python3 - '" + schema + "'" + files +
                                         " <<'END'\n"
                                         "import json, sys, jsonschema\n"
                                         "validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))\n"
                                         "print(*[(p, list(e.path), e.message[:200]) for p in sys.argv[2:] for x in " +
                                         items + " for e in validator.iter_errors(x)], sep='\\n', end='')\nEND");
    CHECK(result.exit_code == 0);
    return result.output;
}

std::vector<std::string> all_runs_as(const std::string& format) {
    std::vector<std::string> texts;
    for (const auto& [name, run] : tests::golden_runs()) texts.push_back(rendered(format, run));
    texts.push_back(rendered(format, {}));
    texts.push_back(rendered(format, tests::crowded_run()));
    return texts;
}

}  // namespace

TEST_CASE("remarks are worst first, say nothing of what passed, and know profile and plan apart", "[reports]") {
    const auto run = many_failures(1);
    const auto all = reports::remarks(run);
    REQUIRE(all.size() == 6);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(all[i].kind->id == "refused-call");
        CHECK(all[i].place.file == "nginx.json");
        CHECK(all[i].place.line == 2);
        CHECK(all[i].scenario->file == "plan.yaml");
    }
    CHECK(all[0].message ==
          "mkdir would be refused (x86_64) answers ERRNO(EPERM): ×8 in log mode, ×5 in errno mode, first in startup, "
          "nginx[4711]; to permit it, add \"mkdir\" to the names of the rule at nginx.json:12");
    CHECK(all[3].kind->id == "behaves-otherwise");
    CHECK(all[3].place.file == "plan.yaml");
    CHECK(all[5].kind->id == "no-verdict");
    CHECK_FALSE(reports::is_error(all[5]));
    CHECK(reports::remarks(tests::passing_run()).empty());
    CHECK(reports::remarks({}).size() == 1);
    CHECK(reports::remarks(tests::interrupted_run()).size() == 1);
}

TEST_CASE("a fingerprint is one of a kind, and stays when lines move", "[reports]") {
    std::set<std::string> known;
    auto run = tests::hostile_run();
    for (const auto& remark : reports::remarks(run)) CHECK(known.insert(remark.fingerprint).second);
    run = tests::violated_run();
    const auto before = reports::remarks(run)[0].fingerprint;
    for (auto& c : run.cases) {
        for (auto& v : c.violations) v.rule.line += 7;
    }
    CHECK(reports::remarks(run)[0].fingerprint == before);
}

TEST_CASE("a path is told from where callgate was called", "[reports]") {
    model::RunResult run;
    run.directory = "/home/ci/nginx";
    const auto [path, expected] = GENERATE(table<std::string, std::string>({
        {"nginx.json", "nginx.json"},
        {"./profiles/nginx.json", "profiles/nginx.json"},
        {"/home/ci/nginx/profiles/nginx.json", "profiles/nginx.json"},
        {"/home/ci/nginx2/nginx.json", "/home/ci/nginx2/nginx.json"},
        {"", ""},
    }));
    CHECK(reports::repository_path(run, path) == expected);
}

TEST_CASE("GitHub is given no more annotations than it shows, and the last says how many are missing", "[reports]") {
    const auto text = rendered("github", many_failures(20));
    const auto errors = lines_with(text, "::error ");
    REQUIRE(errors.size() == 10);
    CHECK(errors[0].starts_with("::error file=nginx.json,line=2,col=3,title=mkdir would be refused::mkdir would be "));
    CHECK(errors[3].starts_with("::error file=plan.yaml,line=18,col=5,title=nginx.json / errno / load%3A expectation"));
    CHECK(errors[9] == "::error title=callgate::15 more like these; all of them are in the report");
    CHECK(lines_with(text, "::warning ").size() == 1);
    CHECK(lines_with(text, "::notice ").size() == 1);
    CHECK(lines_with(rendered("github", many_failures(6)), "::error ").size() == 10);
    CHECK(rendered("github", tests::passing_run()) ==
          "::notice title=callgate%3A PASSED::plan.yaml: all 6 cases passed, 14.2 s\n");
}

TEST_CASE("a workload puts no workflow command into the annotations", "[reports]") {
    const auto text = rendered("github", tests::hostile_run());
    for (const auto& line : lines_of(text)) {
        INFO(line);
        CHECK((line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice ")));
        CHECK(line.find("##[") == std::string::npos);
        CHECK(line.find("##vso[") == std::string::npos);
        // Between the command's name and its data there are no other colons.
        const auto properties = line.substr(2, line.find("::", 2) - 2);
        CHECK(properties.find(':') == std::string::npos);
    }
}

TEST_CASE("SARIF is what its schema says", "[reports]") {
    CHECK(complaints("schemastore-sarif-2.1.0.json", all_runs_as("sarif"), false) == "");
}

TEST_CASE("a SARIF result stands on the profile's line, with its scenario and stack", "[reports]") {
    const auto sarif = Json::parse(rendered("sarif", tests::violated_run()))["runs"][0];
    const auto& first = sarif["results"][0];
    CHECK(first["ruleId"] == "refused-call");
    CHECK(sarif["tool"]["driver"]["rules"][first["ruleIndex"].get<std::size_t>()]["id"] == "refused-call");
    CHECK(first["level"] == "error");
    const auto& where = first["locations"][0]["physicalLocation"];
    CHECK(where["artifactLocation"]["uri"] == "nginx.json");
    CHECK(where["region"]["startLine"] == 2);
    CHECK(first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plan.yaml");
    CHECK(first["stacks"][0]["frames"][1]["location"]["physicalLocation"]["region"]["startLine"] == 612);
    CHECK(first["partialFingerprints"]["callgate/v1"].get<std::string>().size() == 64);
    CHECK(sarif["invocations"][0]["executionSuccessful"] == true);
    CHECK(sarif["automationDetails"]["id"] == "callgate/plan.yaml/");
    const auto failed = Json::parse(rendered("sarif", tests::setup_failed_run()))["runs"][0];
    CHECK(failed["invocations"][0]["executionSuccessful"] == false);
    CHECK(failed["results"][0]["level"] == "warning");
}

TEST_CASE("a path of SARIF is a URI", "[reports]") {
    auto run = tests::violated_run();
    for (auto& c : run.cases) {
        for (auto& v : c.violations) v.rule.file = "/etc/my profiles/ä#1.json";
    }
    const auto text = rendered("sarif", run);
    CHECK(text.find("\"file:///etc/my%20profiles/%C3%A4%231.json\"") != std::string::npos);
}

TEST_CASE("GitLab's code quality report is what GitLab validates, one entry for each remark", "[reports]") {
    CHECK(complaints("gitlab-codequality-issue.json", all_runs_as("gitlab-codequality"), true) == "");
    const auto list = Json::parse(rendered("gitlab-codequality", many_failures(1)));
    REQUIRE(list.size() == 6);
    CHECK(list[0]["severity"] == "critical");
    CHECK(list[0]["location"] == Json{{"path", "nginx.json"}, {"lines", {{"begin", 2}}}});
    CHECK(list[5]["severity"] == "minor");
    std::set<std::string> fingerprints;
    for (const auto& issue : list) CHECK(fingerprints.insert(issue["fingerprint"]).second);
    CHECK(rendered("gitlab-codequality", tests::passing_run()) == "[]\n");
}
