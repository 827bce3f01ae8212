#include "reports/format.h"
#include "reports/junit/junit_xml.h"
#include "reports/read_run.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <ctime>
#include <map>
#include <string>
#include <string_view>

using namespace callgate;

namespace {

constexpr std::size_t kMiB = std::size_t{1024} * 1024;
/// What the readers take (GitHub's step summary and SARIF, GitLab's JUnit), and what we find enough for a page.
const std::map<std::string_view, std::size_t> kLimits{{"junit", 30 * kMiB},   {"markdown", kMiB},
                                                      {"html", 16 * kMiB},    {"sarif", 24 * kMiB},
                                                      {"github", kMiB},       {"gitlab-codequality", 8 * kMiB},
                                                      {"run-json", 64 * kMiB}};

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t number = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++number;
    return number;
}

}  // namespace

TEST_CASE("10,000 violations in 1,000 cases fit into every report, quickly and in little memory", "[reports]") {
    const auto run = tests::huge_run();
    for (const auto* format : reports::formats()) {
        INFO(format->name);
        const auto before = cpu_seconds();
        const auto text = format->render(run);
        const auto took = cpu_seconds() - before;
        CHECK(took < 5);
        if (const auto limit = kLimits.find(format->name); limit != kLimits.end()) CHECK(text.size() < limit->second);
        // Each view says that there is more than it shows.
        if (format->name != "run-json") CHECK(text.find(" more") != std::string::npos);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    rusage used{};
    REQUIRE(::getrusage(RUSAGE_SELF, &used) == 0);
    CHECK(static_cast<std::size_t>(used.ru_maxrss) * 1024 < 500 * kMiB);
#endif
}

TEST_CASE("a huge run comes back from its run.json and gives the same bytes", "[reports]") {
    const auto text = reports::find_format("run-json")->render(tests::huge_run());
    const auto before = cpu_seconds();
    const auto run = reports::read_run(text);
    REQUIRE(run);
    CHECK(cpu_seconds() - before < 5);
    CHECK(reports::find_format("run-json")->render(*run) == text);
}

TEST_CASE("a huge run is within the numbers that readers count", "[reports]") {
    const auto run = tests::huge_run();
    const auto junit = reports::junit_xml(run, reports::JunitDialect::portable);
    CHECK(count(junit, "<testcase ") == 1000);
    // libxml2, and so GitLab, refuses a text over 10 MB; GitLab a file of over 250,000 objects.
    CHECK(count(junit, "<") < 250'000);
    const auto sarif = nlohmann::json::parse(reports::find_format("sarif")->render(run))["runs"][0];
    CHECK(sarif["results"].size() <= 5000);
    CHECK(sarif["invocations"][0]["toolExecutionNotifications"].size() == 2);
    CHECK(count(reports::find_format("github")->render(run), "::error ") == 10);
}
