#include "reports/coverage.h"
#include "reports/format.h"
#include "reports/read_run.h"
#include "reports/terminal.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

namespace callgate::reports {

TEST_CASE("coverage in run.json is read as it was written", "[reports][coverage]") {
    const auto* json = find_format("run-json");
    const auto text = json->render(tests::covered_run());
    const auto read = read_run(text);
    REQUIRE(read.has_value());
    CHECK(json->render(*read) == text);
    CHECK(read->coverage.front().percent() == 33);
    CHECK_THAT(text, Catch::Contains(R"("permitted": 3)") && Catch::Contains(R"("used": 1)"));
}

TEST_CASE("the terminal says how much of a profile was used, and what was not", "[reports][coverage]") {
    TerminalStyle style;
    style.unicode = false;
    CHECK_THAT(render_terminal(tests::covered_run(), style),
               Catch::Contains("  p.json: 1 of 3 permissions were used (33 %)\n"
                               "    unused, so either too much is permitted or a scenario is missing:\n"
                               "      socket (arg0 == 1) (called, but with arguments that were not seen), mount\n"
                               "  q.json: was not measured: the recorder 'bpf': not permitted\n") &&
                   !Catch::Contains("read "));
    style.verbose = true;
    CHECK_THAT(render_terminal(tests::covered_run(), style),
               Catch::Contains("    a  startup\n    b  load\n    c  shutdown\n"
                               "    4 read                           ab.\n"
                               "    5 socket (arg0 == 1)             ...\n"));
}

TEST_CASE("Markdown has the table of permissions and cases", "[reports][coverage]") {
    CHECK_THAT(markdown_coverage(tests::covered_run()),
               Catch::Contains("- `p.json`: 1 of 3 permissions were used (33 %). Unused, so") &&
                   Catch::Contains("| Permission | Rule | `startup` | `load` | `shutdown` |\n|---|---|--:|--:|--:|\n"
                                   "| `read` | `p.json:4` | 3 | 5 |  |\n"));
    CHECK(markdown_coverage({}).empty());
}

}  // namespace callgate::reports
