#include "tests/unit/document/document_text.h"

#include <catch2/catch.hpp>

#include <string>
#include <tuple>

namespace callgate::document {

namespace {

std::string repeated(const std::string& text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

/// The text of every value and key of a tree, each as its span has it.
void collect_spans(const Node& node, std::vector<std::string>& out) {
    out.emplace_back(node.span.text());
    for (const auto& item : node.items) collect_spans(item, out);
    for (const auto& member : node.members) {
        out.emplace_back(member.key_span.text());
        collect_spans(member.value, out);
    }
}

std::vector<std::string> spans(const std::string& text) {
    std::vector<std::string> out;
    collect_spans(json_of(text), out);
    return out;
}

}  // namespace

TEST_CASE("a JSON value keeps the text it was written as", "[document]") {
    const auto [text, tree] = GENERATE(table<std::string, std::string>({
        {"null", "~"},
        {"true", "true"},
        {"false", "false"},
        {"0", "0"},
        {"-0", "-0"},
        {"18446744073709551615", "18446744073709551615"},
        {"18446744073709551616", "18446744073709551616"},
        {"-9223372036854775809", "-9223372036854775809"},
        {"1.50e+02", "1.50e+02"},
        {"\"1\"", "\"1\""},
        {"\"\"", "\"\""},
        {"\"null\"", "\"null\""},
        {R"("a\"b\\c\/d\n\u00e4\ud83d\ude00")", "\"a\"b\\c/d\n\xc3\xa4\xf0\x9f\x98\x80\""},
        {"[]", "[]"},
        {"{}", "{}"},
        {R"({"b": [1, "2", null, {"a": {}}], "a": true})", R"({b: [1 "2" ~ {a: {}}], a: true})"},
        {" \t\r\n[ 1 ,\n2 ] \n", "[1 2]"},
    }));
    CHECK(shown(json_of(text)) == tree);
}

TEST_CASE("a JSON token is found again where it stands", "[document]") {
    // A token alone, at the end of the text, and between others: what was read of it is told in each place.
    const std::string token = GENERATE(as<std::string>{}, "null", "true", "false", "0", "-1", "12", "1.5", "1e9",
                                       "-2E-07", "1.25e+3", R"("")", R"("a")", R"("\"")", R"("\\")", R"("\\\"")",
                                       R"("\"\\")", R"("a\\\\")", R"("\\\\\"")", R"("a\"b\"c")", R"("\u0022")",
                                       "\"gr\xc3\xb6\xc3\x9f"
                                       "e\"",
                                       R"("[1, {\"a\": 2}]")", "[]", "{}");
    CAPTURE(token);
    using Texts = std::vector<std::string>;
    CHECK(spans(token) == Texts{token});
    CHECK(spans(" " + token + "\n") == Texts{token});
    const auto list = "[" + token + "," + token + " , " + token + "\n]";
    CHECK(spans(list) == Texts{list, token, token, token});
    const auto mapping = R"({"k\\":)" + token + R"(,"\"":)" + token + "}";
    CHECK(spans(mapping) == Texts{mapping, R"("k\\")", token, R"("\"")", token});
}

TEST_CASE("a JSON value knows its line and column", "[document]") {
    const auto root = json_of("{\n  \"a\": 1,\n  \"b\": [\"x\", {\"c\":\n-2.5}]\n}\n");
    CHECK(core::to_string(root.span) == "p.json:1:1");
    CHECK(core::to_string(root.members.at(0).key_span) == "p.json:2:3");
    CHECK(core::to_string(root.find("a")->span) == "p.json:2:8");
    const auto* list = root.find("b");
    REQUIRE(list != nullptr);
    CHECK(core::to_string(list->span) == "p.json:3:8");
    CHECK(core::to_string(list->items.at(1).span) == "p.json:3:14");
    CHECK(core::to_string(list->items.at(1).find("c")->span) == "p.json:4:1");
    CHECK(root.find("c") == nullptr);
}

TEST_CASE("a JSON key that stands twice is told with both places", "[document]") {
    CHECK(wrong_json("{\"a\": 1,\n \"b\": {\"a\": 2},\n \"\\u0061\": 3}") ==
          "p.json:3:2: error: duplicate key 'a'\n"
          "  3 |  \"\\u0061\": 3}\n"
          "    |  ^~~~~~~~\n"
          "    = hint: it stands already in line 1\n");
    CHECK(wrong_json("[{\"a\": 1, \"a\": 1, \"a\": 1}, {\"b\": 1, \"b\": 1}]") ==
          "p.json:1:11: error: duplicate key 'a'\n"
          "  1 | [{\"a\": 1, \"a\": 1, \"a\": 1}, {\"b\": 1, \"b\": 1}]\n"
          "    |           ^~~\n"
          "    = hint: it stands already in line 1\n"
          "p.json:1:19: error: duplicate key 'a'\n"
          "  1 | [{\"a\": 1, \"a\": 1, \"a\": 1}, {\"b\": 1, \"b\": 1}]\n"
          "    |                   ^~~\n"
          "    = hint: it stands already in line 1\n"
          "p.json:1:37: error: duplicate key 'b'\n"
          "  1 | [{\"a\": 1, \"a\": 1, \"a\": 1}, {\"b\": 1, \"b\": 1}]\n"
          "    |                                     ^~~\n"
          "    = hint: it stands already in line 1\n");
}

TEST_CASE("JSON is nested 64 levels deep and no deeper", "[document]") {
    CHECK_NOTHROW(json_of(repeated("[", kDeepest) + repeated("]", kDeepest)));
    CHECK_NOTHROW(json_of(repeated("{\"a\":", kDeepest) + "1" + repeated("}", kDeepest)));
    const auto lists = repeated("[", kDeepest);
    CHECK(wrong_json(lists + "[" + repeated("]", kDeepest + 1)) ==
          "p.json:1:65: error: nested deeper than 64 levels\n"
          "  1 | " +
              lists + "[" + repeated("]", kDeepest + 1) +
              "\n"
              "    | " +
              std::string(kDeepest, ' ') + "^\n");
    CHECK(wrong_json(repeated("[", 1'000'000)).find("p.json:1:65: error: nested deeper than 64 levels\n") == 0);
    CHECK(wrong_json(repeated("{\"\":[", 1'000'000)).find("nested deeper than 64 levels\n") != std::string::npos);
}

TEST_CASE("JSON with too many values is refused", "[document]") {
    CHECK(json_of("[" + repeated("1,", kMostNodes - 2) + "1]").items.size() == kMostNodes - 1);
    CHECK(
        wrong_json("[" + repeated("1,", kMostNodes) + "1]").find("error: more than 200000 values in one document\n") !=
        std::string::npos);
}

TEST_CASE("a mapping may have as many keys as there are values", "[document]") {
    std::string text = "{\"k\": 1";
    for (std::size_t i = 0; i < kMostNodes / 2; ++i) text += fmt::format(",\"k{}\": 1", i);
    CHECK(json_of(text + "}").members.size() == kMostNodes / 2 + 1);
}

TEST_CASE("a byte order mark before JSON is told in words", "[document]") {
    CHECK(wrong_json("\xEF\xBB\xBF{}") ==
          "p.json:1:1: error: a byte order mark stands before the JSON\n"
          "  1 | \\u{feff}{}\n"
          "    | ^~~~~~~~\n"
          "    = hint: save the file without one\n");
}

TEST_CASE("what is not JSON is told at its place", "[document]") {
    const std::string value = "expected '[', '{', or a literal";
    const auto [text, told] = GENERATE_REF(table<std::string, std::string>({
        {"", "1:1: unexpected end of input; " + value},
        {"  \n", "2:1: unexpected end of input; " + value},
        {"{} x", "1:4: invalid literal"},
        {"{}\n{}", "2:1: unexpected '{'; expected end of input"},
        {"[1,]", "1:4: unexpected ']'; " + value},
        {"[1 2]", "1:4: unexpected number literal; expected ']'"},
        {"[1-2]", "1:4: unexpected number literal; expected ']'"},
        {"[", "1:2: unexpected end of input; " + value},
        {"{\"a\": 1", "1:8: unexpected end of input; expected '}'"},
        {"{\"a\" 1}", "1:6: unexpected number literal; expected ':'"},
        {"{a: 1}", "1:2: invalid literal"},
        {"{'a': 1}", "1:2: invalid literal"},
        {"{\"a\": 1,}", "1:9: unexpected '}'; expected string literal"},
        {"{1: 2}", "1:2: unexpected number literal; expected string literal"},
        {"[\"abc", "1:6: invalid string: missing closing quote"},
        {"[\"a\nb\"]", "1:4: invalid string: control character U+000A (LF) must be escaped to \\u000A or \\n"},
        {"[\"a\\xb\"]", "1:5: invalid string: forbidden character after backslash"},
        {"[\"\\ud800\"]", "1:9: invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF"},
        {"[\"\xff\"]", "1:3: invalid string: ill-formed UTF-8 byte"},
        {"[nul]", "1:5: invalid literal"},
        {"[True]", "1:2: invalid literal"},
        {"[01]", "1:3: unexpected number literal; expected ']'"},
        {"[+1]", "1:2: invalid literal"},
        {"[.5]", "1:2: invalid literal"},
        {"[1.]", "1:4: invalid number; expected digit after '.'"},
        {"-", "1:2: invalid number; expected digit after '-'"},
        {"1e999", "1:5: number overflow parsing '1e999'"},
        {"[NaN]", "1:2: invalid literal"},
        {"[1] // done", "1:5: invalid literal"},
        {"/* first */ [1]", "1:1: invalid literal"},
        {std::string{"[1\0]", 4}, "1:3: a zero byte"},
        {std::string{"1\0", 2}, "1:2: a zero byte"},
        {std::string{"{}\0{", 4}, "1:3: a zero byte"},
        {std::string{"[\"\0\"]", 5}, "1:3: a zero byte"},
    }));
    CAPTURE(text);
    core::Diagnostics diagnostics;
    CHECK_FALSE(parse_json(source_of(text, "p.json"), diagnostics).has_value());
    REQUIRE(diagnostics.all().size() == 1);
    const auto& said = diagnostics.all().front();
    const auto [line, column] = said.span.position();
    const std::string prefix = "not valid JSON: ";
    REQUIRE(said.message.substr(0, prefix.size()) == prefix);
    CHECK(fmt::format("{}:{}: {}", line, column, said.message.substr(prefix.size())) == told);
}

TEST_CASE("what is not JSON is shown with its line", "[document]") {
    CHECK(wrong_json("{\n  \"a\": [1,\n  2,]\n}\n") ==
          "p.json:3:5: error: not valid JSON: unexpected ']'; expected '[', '{', or a literal\n"
          "  3 |   2,]\n"
          "    |     ^\n");
}

TEST_CASE("JSON that is wrong is refused also where the complaint is not kept", "[document]") {
    const auto source = source_of("{\"a\": 1, \"a\": 2}", "p.json");
    core::Diagnostics diagnostics;
    SECTION("because it was said before") {
        CHECK_FALSE(parse_json(source, diagnostics).has_value());
    }
    SECTION("because too many were") {
        for (int i = 0; i < 1000; ++i) diagnostics.note({}, std::to_string(i));
    }
    CHECK_FALSE(parse_json(source, diagnostics).has_value());
    CHECK(diagnostics.has_errors());
}

}  // namespace callgate::document
