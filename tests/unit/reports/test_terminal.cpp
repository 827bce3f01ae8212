#include "reports/page.h"
#include "reports/terminal.h"
#include "tests/support/golden.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace callgate;
using reports::render_terminal;
using reports::TerminalStyle;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

}  // namespace

TEST_CASE("the terminal report in colour, with all details, is as its golden file says", "[reports]") {
    TerminalStyle style;
    style.colour = true;
    style.verbose = true;
    tests::check_golden("violated.verbose.txt", render_terminal(tests::violated_run(), style));
}

TEST_CASE("a run that passed takes a few lines", "[reports]") {
    CHECK(render_terminal(tests::passing_run(), {}) ==
          "✓ PASSED  plan.yaml: all 6 cases passed, 14.2 s\n"
          "\n"
          "  ✓ passed  nginx.json / log    3 cases        5.43 s  2 refusals, all expected\n"
          "  ✓ passed  nginx.json / errno  3 cases        5.43 s  2 refusals, all expected\n");
}

TEST_CASE("the terminal report fits its width", "[reports]") {
    for (const auto& run : {tests::passing_run(), tests::violated_run(), tests::setup_failed_run(),
                            tests::interrupted_run(), tests::single_command_run(), tests::crowded_run()}) {
        for (const auto& line : lines_of(render_terminal(run, {}))) {
            INFO(line);
            CHECK(reports::display_width(line) <= 80);
        }
    }
}

TEST_CASE("the terminal report leads with the verdict and ends with the commands to type", "[reports]") {
    const auto text = render_terminal(tests::violated_run(), {});
    const auto verdict = text.find("✗ FAILED");
    const auto advice = text.find("patch -p0 < callgate-report/profile.diff");
    const auto again = text.find("callgate repro callgate-report/ 'nginx.json / log / startup'\n");
    const auto cases = text.find("\nCases\n");
    const auto calls = text.find("\nRefused system calls\n");
    const auto failures = text.find("\nWhat went wrong\n");
    CHECK(verdict == 0);
    const std::vector<std::size_t> order{verdict, cases, calls, failures, advice, again};
    CHECK(std::is_sorted(order.begin(), order.end()));
    CHECK(again != std::string::npos);
    CHECK(text.ends_with("startup'\n"));
}

TEST_CASE("a case whose name cannot be typed as it is shown is named by its number", "[reports]") {
    const auto name = GENERATE(as<std::string>{},
                               "grö\xc3\x9f"
                               "e / log",
                               "a\x1b[31m", "##[group]x", std::string(300, 'x'));
    auto run = tests::violated_run();
    run.cases[0].name = name;
    CHECK(render_terminal(run, {}).find("callgate repro callgate-report/ 1\n") != std::string::npos);
}

TEST_CASE("a run that only could not be judged has no command to see it again", "[reports]") {
    CHECK(render_terminal(tests::setup_failed_run(), {}).find("callgate repro") == std::string::npos);
    CHECK(render_terminal(tests::passing_run(), {}).find("callgate repro") == std::string::npos);
}

TEST_CASE("a system call seen in several phases and modes is one block, log mode first", "[reports]") {
    const auto text = render_terminal(tests::violated_run(), {});
    CHECK(text.find("  mkdir  ERRNO(EPERM)  at nginx.json:2\n"
                    "    would be refused  log    ×5  startup            nginx[4711]\n"
                    "        mkdir(\"/var/lib/nginx/body\", 0700) = 0\n"
                    "        in ngx_create_paths at src/core/ngx_file.c:612\n"
                    "    would be refused  log    ×3  reload-under-load  nginx[4711]\n"
                    "    refused           errno  ×5  startup            nginx[4711]\n"
                    "        mkdir(\"/var/lib/nginx/body\", 0700) = -1 EPERM (Operation not permitted)\n"
                    "    fix: add \"mkdir\" to the names of the rule at nginx.json:12\n"
                    "    or for one call only: {\"names\": [\"mkdir\"], ") != std::string::npos);
}

TEST_CASE("whole stacks are shown when they are wanted, the outermost frames counted", "[reports]") {
    TerminalStyle style;
    style.stacks = true;
    const auto text = render_terminal(tests::violated_run(), style);
    CHECK(text.find("          #1 ngx_create_paths at src/core/ngx_file.c:612 (nginx+0x41c2a)\n") != std::string::npos);
    CHECK(text.find("          4 outer frames in run.json\n") != std::string::npos);
    CHECK(text.find("          the same stack\n") != std::string::npos);
    CHECK(text.find("in ngx_create_paths at") == std::string::npos);
    CHECK(render_terminal(tests::violated_run(), {}).find("#1 ") == std::string::npos);
}

TEST_CASE("colours come only when they are wanted and never tell anything alone", "[reports]") {
    const auto run = tests::violated_run();
    TerminalStyle coloured;
    coloured.colour = true;
    auto text = render_terminal(run, coloured);
    CHECK(text.find("\x1b[31m✗ FAILED\x1b[0m") == 0);
    for (const std::string_view code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"}) {
        for (auto at = text.find(code); at != std::string::npos; at = text.find(code)) text.erase(at, code.size());
    }
    CHECK(text == render_terminal(run, {}));
}

TEST_CASE("without Unicode the terminal report is plain ASCII", "[reports]") {
    TerminalStyle style;
    style.unicode = false;
    auto run = tests::violated_run();
    run.cases[0].violations[0].comm = "größe";
    const auto text = render_terminal(run, style);
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    CHECK(text.find("x FAILED") == 0);
    CHECK(text.find("gr\\u{00f6}\\u{00df}e[4711]") != std::string::npos);
}

TEST_CASE("of hundreds of system calls the terminal report shows some and counts the rest", "[reports]") {
    const auto text = render_terminal(tests::crowded_run(), {});
    CHECK(lines_of(text).size() < 120);
    CHECK(text.find("  285 more system calls (9490 refusals in log mode); all of it is in run.json\n") !=
          std::string::npos);
}

TEST_CASE("without report files the terminal report shows the change itself", "[reports]") {
    TerminalStyle style;
    style.directory = "";
    const auto text = render_terminal(tests::single_command_run(), style);
    CHECK(text.find("      +  \"names\": [\"read\", \"clone3\"]\n") != std::string::npos);
    CHECK(text.find("patch") == std::string::npos);
    CHECK(text.find("run.json") == std::string::npos);
}

TEST_CASE("the report directory is quoted for the shell where it has to be", "[reports]") {
    TerminalStyle style;
    style.directory = "it's here";
    const auto text = render_terminal(tests::violated_run(), style);
    CHECK(text.find("patch -p0 < 'it'\\''s here/profile.diff'") != std::string::npos);
}

TEST_CASE("no line of the terminal report begins with what a workload wrote", "[reports]") {
    for (const auto& line : lines_of(render_terminal(tests::hostile_run(), {}))) {
        INFO(line);
        const bool own = line.empty() || line.starts_with("  ") || line.starts_with("✗ FAILED  ") ||
                         line == "What to do" || line == "Cases" || line == "Refused system calls" ||
                         line == "What went wrong" || line == "All of it: callgate-report/run.json";
        CHECK(own);
        const auto text = line.find_first_not_of(' ');
        if (text != std::string::npos) CHECK_FALSE(std::string_view{line}.substr(text).starts_with("::"));
        CHECK(line.find("##[") == std::string::npos);
        CHECK(line.find("##vso[") == std::string::npos);
    }
}

TEST_CASE("a case that only its refusals failed is not told twice", "[reports]") {
    auto run = tests::violated_run();
    run.cases.resize(1);
    CHECK(render_terminal(run, {}).find("What went wrong") == std::string::npos);
}

TEST_CASE("a name that is wider than bytes or narrower still lines up", "[reports]") {
    CHECK(reports::display_width("größe") == 5);
    CHECK(reports::display_width("負荷") == 4);
    CHECK(reports::display_width("e\u0301") == 1);
    CHECK(reports::padded("負荷", 6) == "負荷  ");
}
