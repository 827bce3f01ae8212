#include "tests/unit/document/document_text.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace callgate::document {

namespace {

std::string documents(const std::string& text) {
    std::string out;
    for (const auto& node : yaml_documents(text)) out += (out.empty() ? "" : " --- ") + shown(node);
    return out;
}

/// What is said, without the picture: "3:1: duplicate key 'a'; it stands already in line 1".
std::string told(const std::string& text) {
    core::Diagnostics diagnostics;
    CHECK_FALSE(parse_yaml(source_of(text, "p.yaml"), diagnostics).has_value());
    std::string out;
    for (const auto& said : diagnostics.all()) {
        const auto [line, column] = said.span.position();
        if (!out.empty()) out += '\n';
        out += fmt::format("{}:{}: {}", line, column, said.message);
        if (!said.hint.empty()) out += "; " + said.hint;
    }
    return out;
}

/// "a0: &a0 [x,x,…]", and then each line ten aliases of the line before: ten times as many values per line.
std::string bomb(std::size_t lines) {
    std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (std::size_t i = 1; i < lines; ++i) {
        text += fmt::format("a{0}: &a{0} [", i);
        for (int k = 0; k < 10; ++k) text += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
        text += "]\n";
    }
    return text;
}

}  // namespace

TEST_CASE("a YAML value keeps the text it was written as", "[document]") {
    const auto [text, tree] = GENERATE(table<std::string, std::string>({
        {"word", "word"},
        {"a b # c", "a b"},
        {"010", "010"},
        {"yes", "yes"},
        {"1_000", "1_000"},
        {"'1'", "\"1\""},
        {"\"1\"", "\"1\""},
        {"'it''s'", "\"it's\""},
        {R"("a\"b\\\x41\u00e4")", "\"a\"b\\A\xc3\xa4\""},
        {"'a\n  b'", "\"a b\""},
        {"''", "\"\""},
        {"'~'", "\"~\""},
        {"\"null\"", "\"null\""},
        {"! 1", "\"1\""},
        {"a: 1\n'b': c\n", "{a: 1, b: c}"},
        {"- a\n-\n  - b\n- {c: [d]}\n", "[a [b] {c: [d]}]"},
        {"{a: [1, '2', null], b: {}, c: []}", "{a: [1 \"2\" ~], b: {}, c: []}"},
        {"'<<': 1\n", "{<<: 1}"},
        {"%YAML 1.2\n---\na: 1\n", "{a: 1}"},
        {"a: 1\r\nb: 2\r\n", "{a: 1, b: 2}"},
        {"\xEF\xBB\xBF"
         "a: 1\n",
         "{a: 1}"},
    }));
    CHECK(documents(text) == tree);
}

TEST_CASE("nothing is nothing however it is written", "[document]") {
    const auto [text, tree] = GENERATE(table<std::string, std::string>({
        {"~", "~"},
        {"null", "~"},
        {"Null", "~"},
        {"NULL", "~"},
        {"a:\nb: ~\nc: null\n", "{a: ~, b: ~, c: ~}"},
        {"-\n- \n- ~\n", "[~ ~ ~]"},
        {"nUll", "nUll"},
        {"none", "none"},
    }));
    CHECK(documents(text) == tree);
}

TEST_CASE("a block is a string", "[document]") {
    const auto [text, tree] = GENERATE(table<std::string, std::string>({
        {"a: |\n  x\n   y\n\n  z\n", "{a: \"x\n y\n\nz\n\"}"},
        {"a: |-\n  12\n", "{a: \"12\"}"},
        {"a: |+\n  x\n\n", "{a: \"x\n\n\"}"},
        {"a: >\n  x\n  y\n\n  z\n", "{a: \"x y\nz\n\"}"},
        {"a: >-\n  true\n", "{a: \"true\"}"},
        {"a: |\n  \tx\n", "{a: \"\tx\n\"}"},
    }));
    CHECK(documents(text) == tree);
}

TEST_CASE("a YAML text has any number of documents", "[document]") {
    const auto [text, count, tree] = GENERATE(table<std::string, std::size_t, std::string>({
        {"", 0, ""},
        {"# nothing\n", 0, ""},
        {"---\n", 1, "~"},
        {"---\n---\n", 2, "~ --- ~"},
        {"a: 1\n---\na: 2\n...\n", 2, "{a: 1} --- {a: 2}"},
        {"--- x\n--- 'y'\n--- |\n z\n", 3, "x --- \"y\" --- \"z\n\""},
    }));
    CHECK(yaml_documents(text).size() == count);
    CHECK(documents(text) == tree);
}

TEST_CASE("an anchor of one document is unknown in the next", "[document]") {
    CHECK(told("a: &x 1\n---\na: *x\n") == "3:4: not valid YAML: the referenced anchor is not defined");
}

TEST_CASE("a YAML value knows its place", "[document]") {
    const auto [text, place, quoted] = GENERATE(table<std::string, std::string, std::string>({
        {"a: word\n", "1:4", "word"},
        {"a:   two words   # more\n", "1:6", "two words"},
        {"a:\n  'it''s'\n", "2:3", "'it''s'"},
        {"a: \"x\\\"y\" # more\n", "1:4", "\"x\\\"y\""},
        {"a: \"x\\\\\"\n", "1:4", "\"x\\\\\""},
        {"a: 'x\n  y'\n", "1:4", "'x"},
        {"a: [1, 2]\n", "1:4", "["},
        {"a:\n- b\n", "2:1", "-"},
        {"a:\n  b: c\n", "2:3", "b"},
        {"# gr\xc3\xb6\xc3\x9f"
         "e\na: \xe2\x82\xac\n",
         "2:4", "\xe2\x82\xac"},
        {"# one\r\na: two\r\n", "2:4", "two"},
        {"\xEF\xBB\xBF"
         "b: 1\na: two\n",
         "2:4", "two"},
    }));
    CAPTURE(text);
    const auto root = yaml_of(text);
    const auto* value = root.find("a");
    REQUIRE(value != nullptr);
    CHECK(core::to_string(value->span) == "p.yaml:" + place);
    CHECK(value->span.text() == quoted);
}

TEST_CASE("an alias has the value of its anchor and its own place", "[document]") {
    const auto root = yaml_of("a: &x [1, {b: 2}]\nc: *x\n&k key: *k\n");
    CHECK(shown(root) == "{a: [1 {b: 2}], c: [1 {b: 2}], key: key}");
    CHECK(core::to_string(root.find("c")->span) == "p.yaml:2:4");
    CHECK(core::to_string(root.find("c")->items.at(0).span) == "p.yaml:1:8");
    CHECK(documents("- &a x\n- *a\n- &a y\n- *a\n") == "[x x y y]");
}

TEST_CASE("a YAML key that stands twice is told with both places", "[document]") {
    CHECK(wrong_yaml("a: 1\nb: {c: 1, c: 2}\n'a': 3\n") ==
          "p.yaml:2:11: error: duplicate key 'c'\n"
          "  2 | b: {c: 1, c: 2}\n"
          "    |           ^\n"
          "    = hint: it stands already in line 2\n"
          "p.yaml:3:1: error: duplicate key 'a'\n"
          "  3 | 'a': 3\n"
          "    | ^~~\n"
          "    = hint: it stands already in line 1\n");
    CHECK(wrong_yaml("\xEF\xBB\xBF"
                     "a: 1\r\na: 2\r\n") ==
          "p.yaml:2:1: error: duplicate key 'a'\n"
          "  2 | a: 2\n"
          "    | ^\n"
          "    = hint: it stands already in line 1\n");
}

TEST_CASE("what YAML can do and a plan must not is refused", "[document]") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"x: &x {a: 1}\ny:\n  <<: *x\n", "3:3: merge keys ('<<') are not supported; write the keys out"},
        {"<<: [1]\n", "1:1: merge keys ('<<') are not supported; write the keys out"},
        {"a: !!str 1\n", "1:4: YAML tag 'tag:yaml.org,2002:str' is not supported; write the plain value"},
        {"a: !mine {b: 1}\n", "1:4: YAML tag '!mine' is not supported; write the plain value"},
        {"a: !mine [b]\n", "1:4: YAML tag '!mine' is not supported; write the plain value"},
        {"a: !!binary |\n  eA==\n", "1:4: YAML tag 'tag:yaml.org,2002:binary' is not supported; write the plain value"},
        {"? [a]\n: 1\n", "1:3: a list cannot be a key"},
        {"{{a: 1}: 2}", "1:2: a mapping cannot be a key"},
        {"~: 1\n", "1:1: nothing cannot be a key"},
        {"a: &a [*a]\n", "1:8: an alias stands inside the value that it names"},
        {"a: &a {b: {c: *a}}\n", "1:15: an alias stands inside the value that it names"},
    }));
    CHECK(told(text) == shown);
}

TEST_CASE("what is not YAML is told at its place", "[document]") {
    const std::string tabs = "; YAML is indented with blanks, not with tabs";
    const auto [text, shown] = GENERATE_REF(table<std::string, std::string>({
        {"a:\n\tb: 1\n", "2:3: not valid YAML: illegal map value" + tabs},
        {"a:\n  b: 1\n\tc: 2\n", "3:1: not valid YAML: illegal tab when looking for indentation" + tabs},
        {"\ta: 1\n", "1:3: not valid YAML: illegal map value" + tabs},
        {"a: b: c\n", "1:5: not valid YAML: illegal map value"},
        {"a: 1\n  b: 2\n", "2:4: not valid YAML: illegal map value"},
        {"a: [1,\n", "2:1: not valid YAML: end of sequence flow not found"},
        {"{a: 1", "1:6: not valid YAML: end of map flow not found"},
        {"a: [b]]\n", "1:7: not valid YAML: illegal flow end"},
        {"a: @x\n", "1:4: not valid YAML: unknown token"},
        {"a: \"\\q\"\n", "1:7: not valid YAML: unknown escape character: q"},
        {"a: *b\n", "1:4: not valid YAML: the referenced anchor is not defined"},
        {"%YAML 2.0\n---\na: 1\n", "1:1: not valid YAML: YAML major version too large"},
        {"\xEF\xBB\xBF"
         "a: *b\n",
         "1:7: not valid YAML: the referenced anchor is not defined"},
        {"a: 'x\nb: 1\n", "1:4: a quote is never closed"},
        {"a: \"x\\\"\n", "1:4: a quote is never closed"},
        {"a: 'it''\n", "1:4: a quote is never closed"},
        {"a: 1\n\x04"
         "b: {\n",
         "2:1: not valid YAML: a control character, 0x04"},
        {std::string{"a: x\0y\n", 7}, "1:5: not valid YAML: a control character, 0x00"},
        {"a: 'x\x1b[31m'\n", "1:6: not valid YAML: a control character, 0x1b"},
    }));
    CAPTURE(text);
    CHECK(told(text) == shown);
}

TEST_CASE("YAML in UTF-16 is not taken for anything else", "[document]") {
    CHECK(told(std::string{"\xff\xfe"
                           "a\0:\0 \0001\0",
                           10}) == "1:4: not valid YAML: a control character, 0x00");
}

TEST_CASE("YAML with a tab is shown with its line", "[document]") {
    CHECK(wrong_yaml("a:\n  b: 1\n\tc: 2\n") ==
          "p.yaml:3:1: error: not valid YAML: illegal tab when looking for indentation\n"
          "  3 |  c: 2\n"
          "    | ^\n"
          "    = hint: YAML is indented with blanks, not with tabs\n");
}

TEST_CASE("a hundred aliases are enough", "[document]") {
    std::string text = "- &a x\n";
    for (int i = 0; i < 100; ++i) text += "- *a\n";
    CHECK(yaml_of(text).items.size() == 101);
    CHECK(told(text + "- *a\n") == "102:3: more than 100 aliases in one file");
}

TEST_CASE("an alias bomb ends soon", "[document]") {
    CHECK(yaml_of(bomb(5)).members.size() == 5);
    const auto began = std::chrono::steady_clock::now();
    CHECK(told(bomb(10)) == "6:10: more than 200000 values in one document");
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{20});
}

TEST_CASE("anchors inside anchors end soon", "[document]") {
    std::string anchors;
    for (int i = 0; i < 60; ++i) anchors += fmt::format("&a{} [", i);
    std::string values;
    for (int i = 0; i < 1000; ++i) values += "x,";
    CHECK_NOTHROW(yaml_of(anchors + values + std::string(60, ']')));
    for (int i = 0; i < 9000; ++i) values += "x,";
    CHECK(told(anchors + values + std::string(60, ']')).find("more than 200000 values behind anchors") !=
          std::string::npos);
}

TEST_CASE("YAML is nested 64 levels deep and no deeper", "[document]") {
    const std::string lists(kDeepest, '[');
    const std::string ends(kDeepest, ']');
    CHECK_NOTHROW(yaml_of(lists + ends));
    CHECK(told(lists + "[]" + ends) == "1:65: nested deeper than 64 levels");
    CHECK(told(std::string(100'000, '[')).find("nested deeper than 64 levels") != std::string::npos);
    CHECK(told(std::string(100'000, '{')).find("nested deeper than 64 levels") != std::string::npos);
}

TEST_CASE("aliases nest no deeper than what is written out", "[document]") {
    const std::string half(31, '[');
    const std::string ends(31, ']');
    CHECK_NOTHROW(yaml_of("a: &a " + half + ends + "\nb: " + half + "[*a]" + ends + "\n"));
    CHECK(told("a: &a " + half + ends + "\nb: " + half + "[[*a]]" + ends + "\n") ==
          "2:37: nested deeper than 64 levels");
}

TEST_CASE("YAML with too many values is refused", "[document]") {
    std::string text = "[";
    for (std::size_t i = 0; i < kMostNodes; ++i) text += "x,";
    CHECK(told(text + "x]").find("more than 200000 values in one document") != std::string::npos);
}

TEST_CASE("a YAML mapping may have half as many keys, since they count as values", "[document]") {
    std::string text;
    for (std::size_t i = 0; i < kMostNodes / 2 - 1; ++i) text += fmt::format("k{}: 1\n", i);
    CHECK(yaml_of(text).members.size() == kMostNodes / 2 - 1);
}

TEST_CASE("YAML that is wrong is refused also where the complaint is not kept", "[document]") {
    const auto source = source_of("{a: 1, a: 2}", "p.yaml");
    core::Diagnostics diagnostics;
    SECTION("because it was said before") {
        CHECK_FALSE(parse_yaml(source, diagnostics).has_value());
    }
    SECTION("because too many were") {
        for (int i = 0; i < 1000; ++i) diagnostics.note({}, std::to_string(i));
    }
    CHECK_FALSE(parse_yaml(source, diagnostics).has_value());
    CHECK(diagnostics.has_errors());
}

}  // namespace callgate::document
