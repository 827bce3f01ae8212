#include "reports/format.h"
#include "reports/markdown_text.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace callgate;
using reports::markdown_code;
using reports::markdown_fence;
using reports::markdown_prose;

namespace {

std::string rendered(const model::RunResult& run) {
    return reports::find_format("markdown")->render(run);
}

}  // namespace

TEST_CASE("nothing in Markdown prose is markup, a link or a mention", "[reports]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"plain words, 14.2 s", "plain words, 14.2 s"},
        {"a|b", "a&#124;b"},
        {"`x` *y* _z_", "\\`x\\` \\*y\\* \\_z\\_"},
        {"<img src=x>", "&lt;img src=x&gt;"},
        {"@team #12", "@&#8203;team #&#8203;12"},
        {"https://evil.example", "https:&#8203;//evil.example"},
        {"[a](b)", "\\[a\\](b)"},
        {"a\\|b\nc", "a&#92;&#124;b&#92;x0ac"},
    }));
    CHECK(markdown_prose(text, 200) == expected);
}

TEST_CASE("fixed-width Markdown stays one piece within a table", "[reports]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"mkdir(\"/tmp/x\", 0700)", "`mkdir(\"/tmp/x\", 0700)`"},
        {"@team <b>", "`@team <b>`"},
        {"a|b", "<code>a&#124;b</code>"},
        {"`", "<code>&#96;</code>"},
        {" x", "<code> x</code>"},
        {"`<b>@x\\|", "<code>&#96;&#60;b&#62;&#64;x&#92;&#124;</code>"},
    }));
    CHECK(markdown_code(text, 200) == expected);
}

TEST_CASE("a fence is longer than any inside", "[reports]") {
    CHECK(markdown_fence("diff", "+a") == "```diff\n+a\n```\n");
    CHECK(markdown_fence("", "````\n") == "`````\n````\n`````\n");
}

TEST_CASE("every row of a Markdown table has the columns of its head, whatever stands in it", "[reports]") {
    const auto text = rendered(tests::hostile_run());
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        const auto line = text.substr(at, end - at);
        at = end + 1;
        if (!line.starts_with("|")) {
            columns = 0;
            continue;
        }
        const auto bars = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
        if (columns == 0) columns = bars;
        INFO(line);
        CHECK(bars == columns);
    }
}

TEST_CASE("the summary holds the change in a block of its own", "[reports]") {
    const auto text = rendered(tests::violated_run());
    CHECK(text.find("```diff\n--- nginx.json\n+++ nginx.json\n") != std::string::npos);
    CHECK(text.find("`patch -p0 < profile.diff`") != std::string::npos);
}

TEST_CASE("the summary tells missing system calls by phase, log and errno apart", "[reports]") {
    const auto text = rendered(tests::violated_run());
    CHECK(text.find("| `startup` | `mkdir` | `ERRNO(EPERM)` | log 5, errno 5 |") != std::string::npos);
    CHECK(text.find("| `reload-under-load` | `mkdir` | `ERRNO(EPERM)` | log 3 |") != std::string::npos);
}

TEST_CASE("the summary stays below what GitHub takes and says what it leaves out", "[reports]") {
    auto run = tests::violated_run();
    const std::string bars(1000, '|');
    auto failed = run.cases[4];
    failed.scenario = failed.profile = bars;
    failed.reasons = {bars};
    failed.notes = {bars};
    run.cases.assign(3000, failed);
    run.proposals[0].diff = std::string(2'000'000, '`');
    run.proposals[0].notes.assign(1000, bars);
    run.proposals[0].added.assign(1000, bars);
    const auto text = rendered(run);
    CHECK(text.size() < std::size_t{1024} * 1024);
    CHECK(text.find(" more cases are in `run.json`.") != std::string::npos);
}
