#include "harness/core/files.h"
#include "reports/format.h"
#include "reports/junit/junit_xml.h"
#include "tests/support/golden.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>
#include <tinyxml2.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace callgate;

namespace {

std::string rendered(const model::RunResult& run) {
    return reports::find_format("junit")->render(run);
}

using reports::JunitDialect;

std::vector<tests::NamedRun> all_runs() {
    auto runs = tests::golden_runs();
    runs.push_back({"crowded", tests::crowded_run()});
    runs.push_back({"empty", {}});
    return runs;
}

/// What xmllint says of a run by a schema of the shared data, line by line; nothing where either is not there.
std::vector<std::string> complaints(const std::string& schema_name, const model::RunResult& run, JunitDialect dialect) {
    const char* shared = std::getenv("CALLGATE_SHARED");
    const std::filesystem::path folder{shared != nullptr ? shared : CALLGATE_SOURCE_DIR "/../shared"};
    const auto schema = (folder / "data" / "schemas" / schema_name).string();
    if (tests::run_shell("test -r '" + schema + "' && command -v xmllint").exit_code != 0) {
        WARN("xmllint or " << schema << " is not there: junit.xml was not validated");
        return {};
    }
    const auto directory = core::TempDir::make("callgate-test-");
    REQUIRE(directory);
    const auto path = directory->path() / "junit.xml";
    REQUIRE(core::write_file(path, reports::junit_xml(run, dialect)));
    const auto result = tests::run_shell("xmllint --noout --schema '" + schema + "' '" + path.string() + "'");
    std::vector<std::string> lines;
    std::istringstream in{result.output};
    for (std::string line; std::getline(in, line);) {
        if (line.find("error : ") != std::string::npos) lines.push_back(line);
    }
    CHECK(result.exit_code == (lines.empty() ? 0 : 3));
    return lines;
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

TEST_CASE("junit.xml in Jenkins' dialect is valid by the schema that it enforces", "[reports]") {
    for (const auto& [name, run] : all_runs()) {
        INFO(name);
        CHECK(complaints("jenkins-xunit-junit-10.xsd", run, JunitDialect::jenkins).empty());
    }
}

TEST_CASE("the portable dialect has more than that schema lets in only where it is meant to", "[reports]") {
    for (const auto& [name, run] : all_runs()) {
        for (const auto& line : complaints("jenkins-xunit-junit-10.xsd", run, JunitDialect::portable)) {
            INFO(name << ": " << line);
            const bool meant = line.find("'testcase', attribute 'file'") != std::string::npos ||
                               line.find("'testcase', attribute 'line'") != std::string::npos ||
                               line.find("'testsuites', attribute 'skipped'") != std::string::npos ||
                               line.find("'testsuites', attribute 'timestamp'") != std::string::npos ||
                               line.find("Element 'properties': This element is not expected") != std::string::npos;
            CHECK(meant);
        }
    }
}

// No file satisfies this schema and the others: it wants what others refuse. What it says of ours is known.
TEST_CASE("junit.xml differs from the schema of Ant's reports only in what that one alone wants", "[reports]") {
    for (const auto& [name, run] : all_runs()) {
        for (const auto& line : complaints("windyroad-JUnit.xsd", run, JunitDialect::jenkins)) {
            INFO(name << ": " << line);
            const bool known =
                line.find("'testsuites', attribute '") != std::string::npos ||
                line.find("'testsuite', attribute 'file'") != std::string::npos ||
                line.find("'testsuite': The attribute '") != std::string::npos ||
                line.find("Element 'testcase': This element is not expected. Expected is ( properties") !=
                    std::string::npos;
            CHECK(known);
        }
    }
}

TEST_CASE("a case that passed in some of its runs is a failure, and said to be flaky", "[reports]") {
    for (const auto dialect : {JunitDialect::portable, JunitDialect::jenkins}) {
        auto run = tests::violated_run();
        run.cases.resize(1);
        run.cases[0].runs = 3;
        run.cases[0].passed_runs = 2;
        const auto text = reports::junit_xml(run, dialect);
        CHECK(text.find("</failure>") < text.find("<flakyFailure type=\"violated\" message=\"passed in 2 of 3 runs: "));
        CHECK(text.find("<stackTrace>case nginx.json / log / startup") != std::string::npos);
        CHECK(complaints("jenkins-xunit-junit-10.xsd", run, JunitDialect::jenkins).empty());
        run.cases[0].passed_runs = 0;
        CHECK(reports::junit_xml(run, dialect).find("flakyFailure") == std::string::npos);
    }
}

TEST_CASE("the portable dialect says in which file and line of the plan a case stands", "[reports]") {
    const auto run = tests::violated_run();
    CHECK(rendered(run).find("time=\"0.412\" file=\"plan.yaml\" line=\"4\">") != std::string::npos);
    CHECK(rendered(run).find("<property name=\"outcome\" value=\"violated\"/>") != std::string::npos);
    const auto strict = reports::junit_xml(run, JunitDialect::jenkins);
    CHECK(strict.find("<property ") == std::string::npos);
    CHECK(strict.find("line=") == std::string::npos);
}

TEST_CASE("Debian's parser of JUnit files finds the same cases and the same verdicts", "[reports]") {
    if (tests::run_shell("/usr/bin/python3 -c 'import junitparser'").exit_code != 0) {
        WARN("python3-junitparser is not installed: junit.xml was not read by another program");
        return;
    }
    const auto directory = core::TempDir::make("callgate-test-");
    REQUIRE(directory);
    for (const auto dialect : {JunitDialect::portable, JunitDialect::jenkins}) {
        const auto path = directory->path() / "junit.xml";
        REQUIRE(core::write_file(path, reports::junit_xml(tests::violated_run(), dialect)));
        const auto result = tests::run_shell(
            "/usr/bin/python3 -c 'import sys, junitparser\n"
            "for suite in junitparser.JUnitXml.fromfile(sys.argv[1]):\n"
            "    print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped,\n"
            "          [(type(r).__name__, r.type) for case in suite for r in case.result])' '" +
            path.string() + "'");
        CHECK(result.output ==
              "nginx.json / log 3 2 0 0 [('Failure', 'violated'), ('Failure', 'violated')]\n"
              "nginx.json / errno 3 2 0 1 [('Failure', 'violated'), ('Failure', 'expectation-missed'), ('Skipped', "
              "None)]\n"
              "nginx.json / enforce 1 0 0 0 []\n");
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
