#include "reports/format.h"
#include "tests/support/golden.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace callgate;

TEST_CASE("every format renders the shared runs as its golden files say", "[reports]") {
    for (const auto& [name, run] : tests::golden_runs()) {
        for (const auto* format : reports::formats()) {
            // What users read with other tools keeps the ending that those know.
            const auto dot = format->file.rfind('.');
            auto ending = dot == std::string_view::npos ? "txt" : std::string{format->file.substr(dot + 1)};
            if (format->name == "github" || format->name == "gitlab-codequality")
                ending = std::string{format->name} + "." + ending;
            tests::check_golden(name + "." + ending, format->render(run));
        }
    }
}

TEST_CASE("a format is found by its name and by no other", "[reports]") {
    std::set<std::string_view> names;
    for (const auto* format : reports::formats()) {
        CHECK(reports::find_format(format->name) == format);
        CHECK(names.insert(format->name).second);
        CHECK_FALSE(format->summary.empty());
        CHECK(format->name.find('_') == std::string_view::npos);
    }
    CHECK(names == std::set<std::string_view>{"run-json", "junit", "markdown", "html", "sarif", "github",
                                              "gitlab-codequality", "text"});
    CHECK(reports::find_format("run_json") == nullptr);
    CHECK(reports::find_format("") == nullptr);
}

TEST_CASE("a format gives the same bytes for the same run", "[reports]") {
    for (const auto& [name, run] : tests::golden_runs()) {
        for (const auto* format : reports::formats()) {
            INFO(name << " as " << format->name);
            CHECK(format->render(run) == format->render(run));
        }
    }
}

TEST_CASE("a run without anything in it renders", "[reports]") {
    for (const auto* format : reports::formats()) {
        INFO(format->name);
        CHECK_FALSE(format->render({}).empty());
    }
    CHECK(reports::find_format("text")->render({}) == "! NOTHING SELECTED  run: no case was selected, 0.00 s\n");
}

TEST_CASE("no report holds a control character, whatever a workload prints", "[reports]") {
    for (const auto* format : reports::formats()) {
        const auto text = format->render(tests::hostile_run());
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            const bool allowed = c == '\n' || (byte >= 0x20 && byte != 0x7F);
            if (!allowed) FAIL_CHECK(format->name << " holds byte " << static_cast<int>(byte));
        }
        for (const std::string_view hidden : {"\u202e", "\u2028", "\xff", "\xed\xa0\x80"}) {
            CHECK(text.find(hidden) == std::string::npos);
        }
    }
}
