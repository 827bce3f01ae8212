#include "harness/core/files.h"
#include "reports/format.h"
#include "tests/support/golden.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>
#include <tinyxml2.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

using namespace callgate;

namespace {

std::string rendered(const model::RunResult& run) {
    return reports::find_format("junit")->render(run);
}

struct Parsed {
    explicit Parsed(const model::RunResult& run) {
        const auto text = rendered(run);
        REQUIRE(document.Parse(text.data(), text.size()) == tinyxml2::XML_SUCCESS);
        root = document.FirstChildElement("testsuites");
        REQUIRE(root != nullptr);
    }
    template <typename Visit>
    void each_case(Visit visit) const {
        for (auto* suite = root->FirstChildElement(); suite != nullptr; suite = suite->NextSiblingElement()) {
            for (auto* c = suite->FirstChildElement("testcase"); c != nullptr; c = c->NextSiblingElement("testcase")) {
                visit(*suite, *c);
            }
        }
    }
    tinyxml2::XMLDocument document;
    const tinyxml2::XMLElement* root = nullptr;
};

int children(const tinyxml2::XMLElement& element, const char* name) {
    int number = 0;
    for (auto* c = element.FirstChildElement(name); c != nullptr; c = c->NextSiblingElement(name)) ++number;
    return number;
}

model::RunResult run_of(model::Outcome outcome) {
    auto run = tests::passing_run();
    run.cases.resize(1);
    run.cases[0].outcome = outcome;
    return run;
}

}  // namespace

TEST_CASE("junit.xml of every shared run is valid by the schema that Jenkins enforces", "[reports]") {
    const char* shared = std::getenv("CALLGATE_SHARED");
    const std::filesystem::path folder{shared != nullptr ? shared : CALLGATE_SOURCE_DIR "/../shared"};
    const auto schema = (folder / "data" / "schemas" / "jenkins-xunit-junit-10.xsd").string();
    if (tests::run_shell("test -r '" + schema + "' && command -v xmllint").exit_code != 0) {
        WARN("xmllint or " << schema << " is not there: junit.xml was not validated");
        return;
    }
    const auto directory = core::TempDir::make("callgate-test-");
    REQUIRE(directory);
    auto runs = tests::golden_runs();
    runs.push_back({"crowded", tests::crowded_run()});
    runs.push_back({"empty", {}});
    for (const auto& [name, run] : runs) {
        const auto path = directory->path() / (name + ".xml");
        REQUIRE(core::write_file(path, rendered(run)));
        const auto result = tests::run_shell("xmllint --noout --schema '" + schema + "' '" + path.string() + "'");
        INFO(result.output);
        CHECK(result.exit_code == 0);
    }
}

TEST_CASE("the counts of junit.xml agree with its cases", "[reports]") {
    for (const auto& [name, run] : tests::golden_runs()) {
        INFO(name);
        const Parsed xml{run};
        int tests = 0;
        int failures = 0;
        int errors = 0;
        for (auto* suite = xml.root->FirstChildElement(); suite != nullptr; suite = suite->NextSiblingElement()) {
            int own[4] = {};
            for (auto* c = suite->FirstChildElement("testcase"); c != nullptr; c = c->NextSiblingElement("testcase")) {
                own[0] += 1;
                own[1] += children(*c, "failure");
                own[2] += children(*c, "error");
                own[3] += children(*c, "skipped");
            }
            CHECK(suite->IntAttribute("tests") == own[0]);
            CHECK(suite->IntAttribute("failures") == own[1]);
            CHECK(suite->IntAttribute("errors") == own[2]);
            CHECK(suite->IntAttribute("skipped") == own[3]);
            tests += own[0];
            failures += own[1];
            errors += own[2];
        }
        CHECK(xml.root->IntAttribute("tests") == tests);
        CHECK(xml.root->IntAttribute("failures") == failures);
        CHECK(xml.root->IntAttribute("errors") == errors);
    }
}

TEST_CASE("names of suites and cases are unique in junit.xml, even of cases named alike", "[reports]") {
    for (const auto& [name, run] : tests::golden_runs()) {
        INFO(name);
        std::set<std::string> names;
        Parsed{run}.each_case([&](const auto&, const auto& c) { CHECK(names.insert(c.Attribute("name")).second); });
    }
}

TEST_CASE("each outcome is one element of the right kind in junit.xml", "[reports]") {
    using model::Outcome;
    const auto [outcome, wanted] = GENERATE(table<Outcome, std::string>({
        {Outcome::violated, "failure"},
        {Outcome::expectation_missed, "failure"},
        {Outcome::workload_failed, "failure"},
        {Outcome::timed_out, "failure"},
        {Outcome::setup_failed, "error"},
        {Outcome::incomplete, "error"},
        {Outcome::harness_fault, "error"},
        {Outcome::skipped, "skipped"},
    }));
    INFO(model::outcome_name(outcome));
    const auto& element = wanted;  // Clang 14 lets no lambda use a structured binding
    Parsed{run_of(outcome)}.each_case([&](const auto&, const auto& c) {
        CHECK(children(c, "failure") + children(c, "error") + children(c, "skipped") == 1);
        const auto* found = c.FirstChildElement(element.c_str());
        REQUIRE(found != nullptr);
        CHECK_FALSE(std::string{found->Attribute("message")}.empty());
        if (element != "skipped") CHECK(std::string{found->GetText()}.find("case nginx.json / log") == 0);
    });
}

TEST_CASE("a passed case has no result element in junit.xml", "[reports]") {
    Parsed{tests::passing_run()}.each_case([](const auto&, const auto& c) {
        CHECK(children(c, "failure") + children(c, "error") + children(c, "skipped") == 0);
    });
}

TEST_CASE("a junit body names the line of the profile where readers look for it", "[reports]") {
    const auto text = rendered(tests::violated_run());
    CHECK(text.find("\n  at nginx.json:2\n") != std::string::npos);
    CHECK(text.find("file=\"nginx.json\"") != std::string::npos);
}

TEST_CASE("an interrupted or empty run never looks green in junit.xml", "[reports]") {
    CHECK(Parsed{tests::interrupted_run()}.root->IntAttribute("errors") == 1);
    CHECK(rendered(tests::interrupted_run()).find("interrupted by SIGTERM") != std::string::npos);
    CHECK(Parsed{{}}.root->IntAttribute("errors") == 1);
}

TEST_CASE("a long text in junit.xml keeps its beginning and its end and says what is missing", "[reports]") {
    const Parsed xml{tests::crowded_run()};
    xml.each_case([](const auto&, const auto& c) {
        const std::string body = c.FirstChildElement("failure")->GetText();
        CHECK(body.size() <= 64 * 1024 + 100);
        CHECK(body.find("case nginx.json / log / load: violated") == 0);
        CHECK(body.find("are left out here; run.json has all of it]\n") != std::string::npos);
        CHECK(body.ends_with("the scenario:\n  at plan.yaml:18\n"));
    });
}

TEST_CASE("junit.xml of very many long cases stays far below what GitLab takes", "[reports]") {
    auto run = tests::passing_run();
    auto failed = run.cases[0];
    failed.outcome = model::Outcome::workload_failed;
    while (failed.log_tail.size() < std::size_t{64} * 1024) failed.log_tail += "a line of a log that goes on and on\n";
    run.cases.assign(2000, failed);
    CHECK(rendered(run).size() < std::size_t{25} * 1024 * 1024);
}

TEST_CASE("a workload cannot make junit.xml attach a file", "[reports]") {
    auto run = run_of(model::Outcome::workload_failed);
    run.cases[0].log_tail = "[[ATTACHMENT|/etc/shadow]]\n";
    run.cases[0].reasons = {"[[ATTACHMENT|/etc/shadow]]"};
    CHECK(rendered(run).find("[[ATTACHMENT|") == std::string::npos);
}

TEST_CASE("times in junit.xml have three decimals and are never negative", "[reports]") {
    auto run = tests::passing_run();
    run.cases.resize(2);
    run.cases[0].duration = core::Milliseconds{-5};
    run.cases[1].duration = core::Milliseconds{1'234'567};
    const auto text = rendered(run);
    CHECK(text.find("time=\"0.000\"") != std::string::npos);
    CHECK(text.find("time=\"1234.567\"") != std::string::npos);
}
