#include "harness/core/diagnostics.h"

#include <catch2/catch.hpp>

#include <memory>

namespace callgate::core {

namespace {

std::shared_ptr<const SourceText> text(std::string text, std::string name = "plan.yaml") {
    return std::make_shared<const SourceText>(SourceText{std::move(name), std::move(text)});
}

/// The part of `source` that reads `what`.
Span part(const std::shared_ptr<const SourceText>& source, const std::string& what) {
    const auto begin = source->text.find(what);
    REQUIRE(begin != std::string::npos);
    return {source, begin, begin + what.size()};
}

std::string shown(Span span) {
    Diagnostics diagnostics;
    diagnostics.error(std::move(span), "wrong");
    return render(diagnostics);
}

}  // namespace

TEST_CASE("a diagnostic shows its place, its line, a caret and its hint", "[core]") {
    Diagnostics diagnostics;
    diagnostics.error(part(text("version: 1\nname: x\n    scenaros:\n"), "scenaros"), "unknown key 'scenaros'",
                      "did you mean 'scenarios'?");
    CHECK(render(diagnostics) ==
          "plan.yaml:3:5: error: unknown key 'scenaros'\n"
          "  3 |     scenaros:\n"
          "    |     ^~~~~~~~\n"
          "    = hint: did you mean 'scenarios'?\n");
}

TEST_CASE("a diagnostic without a place is only its message", "[core]") {
    Diagnostics diagnostics;
    diagnostics.warning({}, "nothing to do", "name a scenario");
    CHECK(render(diagnostics) == "warning: nothing to do\n    = hint: name a scenario\n");
}

TEST_CASE("only errors count as errors", "[core]") {
    Diagnostics diagnostics;
    CHECK(render(diagnostics).empty());
    diagnostics.warning({}, "one");
    diagnostics.note({}, "two");
    CHECK_FALSE(diagnostics.has_errors());
    diagnostics.error({}, "three");
    CHECK(diagnostics.has_errors());
    CHECK(diagnostics.all().size() == 3);
    CHECK(render(diagnostics) == "warning: one\nnote: two\nerror: three\n");
}

TEST_CASE("the caret stands under the first character and the underline ends with the line", "[core]") {
    const auto source = text("a: 1\nbcd: 2\r\ne: \"x\n  y\"\nlast");
    const auto [begin, end, picture] = GENERATE(table<std::size_t, std::size_t, std::string>({
        {0, 1, "plan.yaml:1:1: error: wrong\n  1 | a: 1\n    | ^\n"},
        {3, 3, "plan.yaml:1:4: error: wrong\n  1 | a: 1\n    |    ^\n"},
        {4, 4, "plan.yaml:1:5: error: wrong\n  1 | a: 1\n    |     ^\n"},
        {5, 8, "plan.yaml:2:1: error: wrong\n  2 | bcd: 2\n    | ^~~\n"},
        {10, 12, "plan.yaml:2:6: error: wrong\n  2 | bcd: 2\n    |      ^\n"},
        {16, 23, "plan.yaml:3:4: error: wrong\n  3 | e: \"x\n    |    ^~\n"},
        {24, 28, "plan.yaml:5:1: error: wrong\n  5 | last\n    | ^~~~\n"},
        {28, 28, "plan.yaml:5:5: error: wrong\n  5 | last\n    |     ^\n"},
    }));
    CHECK(shown({source, begin, end}) == picture);
}

TEST_CASE("a place in a text that ends with its line break is the empty line behind it", "[core]") {
    CHECK(shown({text("a:\n"), 3, 3}) == "plan.yaml:2:1: error: wrong\n  2 | \n    | ^\n");
}

TEST_CASE("an empty text has no line to show", "[core]") {
    CHECK(shown({text(""), 0, 0}) == "plan.yaml:1:1: error: wrong\n");
}

TEST_CASE("the picture keeps its shape with line numbers of several digits", "[core]") {
    CHECK(shown(part(text(std::string(1233, '\n') + "  key: 1\n"), "key")) ==
          "plan.yaml:1234:3: error: wrong\n"
          "  1234 |   key: 1\n"
          "       |   ^~~\n");
}

TEST_CASE("a tab is one blank in both lines of the picture", "[core]") {
    CHECK(shown(part(text("\t\tkey:\tvalue\n"), "value")) ==
          "plan.yaml:1:8: error: wrong\n"
          "  1 |   key: value\n"
          "    |        ^~~~~\n");
}

TEST_CASE("the caret counts characters and not bytes", "[core]") {
    CHECK(shown(part(text("naïve: größe x\n"), "größe")) ==
          "plan.yaml:1:9: error: wrong\n"
          "  1 | naïve: größe x\n"
          "    |        ^~~~~\n");
}

TEST_CASE("what a hostile text holds is shown, never obeyed", "[core]") {
    Diagnostics diagnostics;
    diagnostics.error(part(text("\x1b[2J: \xe2\x80\xae\xff!\n", "\x1b]0;x\x07.yaml"), "\xe2\x80\xae\xff"), "bad '\r\n'",
                      "not \x9b");
    CHECK(render(diagnostics) ==
          "\\x1b]0;x\\x07.yaml:1:7: error: bad '\\x0d\\x0a'\n"
          "  1 | \\x1b[2J: \\u{202e}\\xff!\n"
          "    |          ^~~~~~~~~~~~\n"
          "    = hint: not \\x9b\n");
}

TEST_CASE("of a long line the part around the place is shown", "[core]") {
    const auto source = text(std::string(1000, 'a') + "HERE" + std::string(1000, 'b') + "\nnext\n");
    CHECK(shown(part(source, "HERE")) == "plan.yaml:1:1001: error: wrong\n  1 | " + std::string(80, 'a') + "HERE" +
                                             std::string(76, 'b') + "\n    | " + std::string(80, ' ') + "^~~~\n");
    CHECK(shown({source, 0, 2004}) ==
          "plan.yaml:1:1: error: wrong\n  1 | " + std::string(160, 'a') + "\n    | ^" + std::string(159, '~') + "\n");
}

TEST_CASE("a long line is cut between characters", "[core]") {
    std::string line;
    for (int i = 0; i < 100; ++i) line += "ä";
    line = "x" + line + "HERE" + line;
    std::string near;
    for (int i = 0; i < 38; ++i) near += "ä";
    CHECK(shown(part(text(line), "HERE")) == "plan.yaml:1:202: error: wrong\n  1 | " + near + "ää" + "HERE" + near +
                                                 "\n    | " + std::string(40, ' ') + "^~~~\n");
}

TEST_CASE("diagnostics stand in the order of file and position, whatever the order they came in", "[core]") {
    const auto plan = text("one two\nthree\n", "plan.yaml");
    const auto profile = text("{}", "a.json");
    Diagnostics diagnostics;
    diagnostics.error(part(plan, "three"), "third");
    diagnostics.note(part(plan, "two"), "second");
    diagnostics.error(part(plan, "one"), "first");
    diagnostics.warning(part(plan, "two"), "second again");
    diagnostics.error(part(profile, "{}"), "of the profile");
    diagnostics.error({}, "of nothing");
    CHECK(render(diagnostics) ==
          "error: of nothing\n"
          "a.json:1:1: error: of the profile\n"
          "  1 | {}\n"
          "    | ^~\n"
          "plan.yaml:1:1: error: first\n"
          "  1 | one two\n"
          "    | ^~~\n"
          "plan.yaml:1:5: note: second\n"
          "  1 | one two\n"
          "    |     ^~~\n"
          "plan.yaml:1:5: warning: second again\n"
          "  1 | one two\n"
          "    |     ^~~\n"
          "plan.yaml:2:1: error: third\n"
          "  2 | three\n"
          "    | ^~~~~\n");
}

TEST_CASE("the same complaint about the same place is one, however often it is said", "[core]") {
    const auto plan = text("a: 1\n");
    Diagnostics diagnostics;
    diagnostics.error(part(plan, "a"), "wrong");
    diagnostics.error(part(plan, "a"), "wrong", "another hint");
    diagnostics.error(part(plan, "1"), "wrong");
    diagnostics.error(part(plan, "a"), "also wrong");
    diagnostics.error(part(text("a: 1\n"), "a"), "wrong");  // of another text
    CHECK(diagnostics.all().size() == 4);
    CHECK(diagnostics.said() == 5);
}

TEST_CASE("of a flood of complaints the first are kept and all are known of", "[core]") {
    constexpr std::size_t kKept = 500;
    Diagnostics diagnostics;
    for (std::size_t i = 0; i < kKept; ++i) diagnostics.note({}, std::to_string(i));
    CHECK_FALSE(diagnostics.has_errors());
    diagnostics.error({}, "one too many");
    CHECK(diagnostics.has_errors());
    CHECK(diagnostics.all().size() == kKept);
    CHECK(diagnostics.said() == kKept + 1);
    const auto shown = render(diagnostics);
    CHECK(shown.find("one too many") == std::string::npos);
    CHECK(shown.ends_with("note: 499\nnote: nothing is shown beyond the first 500\n"));
}

}  // namespace callgate::core
