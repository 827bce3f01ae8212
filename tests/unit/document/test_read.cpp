#include "harness/document/read.h"
#include "tests/unit/document/document_text.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace callgate::document {

namespace {

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

/// The only member's value of the YAML "a: TEXT".
Node value_of(const std::string& text) {
    auto root = yaml_of("a: " + text);
    REQUIRE(root.members.size() == 1);
    return std::move(root.members.front().value);
}

/// What was read as a text, or the first line and the hint of what was said.
template <typename Read>
std::string told(const std::string& text, Read read) {
    core::Diagnostics diagnostics;
    const auto node = value_of(text);
    const auto value = read(node, diagnostics);
    CHECK(value.has_value() == diagnostics.all().empty());
    if (value) return fmt::format("{}", *value);
    REQUIRE(diagnostics.all().size() == 1);
    const auto& said = diagnostics.all().front();
    CHECK(core::to_string(said.span) == core::to_string(node.span));
    return said.hint.empty() ? said.message : said.message + "; " + said.hint;
}

}  // namespace

TEST_CASE("a whole number is read exactly or not at all", "[document]") {
    const auto [text, least, most, shown] = GENERATE(table<std::string, std::int64_t, std::int64_t, std::string>({
        {"0", 0, 9, "0"},
        {"9", 0, 9, "9"},
        {"-3", -3, 9, "-3"},
        {"-0", 0, 9, "0"},
        {"9223372036854775807", 0, kMost, "9223372036854775807"},
        {"-9223372036854775808", kLeast, kMost, "-9223372036854775808"},
        {"10", 0, 9, "'10' is not a whole number from 0 to 9"},
        {"-1", 0, 9, "'-1' is not a whole number from 0 to 9"},
        {"-1", 0, kMost, "'-1' is not a whole number of at least 0"},
        {"9223372036854775808", 0, kMost, "'9223372036854775808' is not a whole number of at least 0"},
        {"\"5\"", 0, 9, "'5' is not a whole number from 0 to 9; write the number without quotes"},
        {"\"x\"", 0, 9, "'x' is not a whole number from 0 to 9; write the number without quotes"},
        {"05", 0, 9, "'05' is not a whole number from 0 to 9; write it without the leading zero"},
        {"00", 0, 9, "'00' is not a whole number from 0 to 9; write it without the leading zero"},
        {"-05", -9, 9, "'-05' is not a whole number from -9 to 9; write it without the leading zero"},
        {"+5", 0, 9, "'+5' is not a whole number from 0 to 9"},
        {"5.0", 0, 9, "'5.0' is not a whole number from 0 to 9"},
        {"0x5", 0, 9, "'0x5' is not a whole number from 0 to 9"},
        {"5 s", 0, 9, "'5 s' is not a whole number from 0 to 9"},
        {"five", 0, 9, "'five' is not a whole number from 0 to 9"},
        {"", 0, 9, "nothing is not a whole number from 0 to 9"},
        {"~", 0, 9, "nothing is not a whole number from 0 to 9"},
        {"[5]", 0, 9, "a list is not a whole number from 0 to 9"},
        {"{b: 5}", 0, 9, "a mapping is not a whole number from 0 to 9"},
    }));
    CAPTURE(text);
    const auto low = least;
    const auto high = most;
    CHECK(told(text, [&](const Node& node, auto& said) { return read_integer(node, low, high, said); }) == shown);
}

TEST_CASE("an unsigned number has all 64 bits", "[document]") {
    constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
    const auto [text, most, shown] = GENERATE_REF(table<std::string, std::uint64_t, std::string>({
        {"18446744073709551615", kAll, "18446744073709551615"},
        {"18446744073709551616", kAll, "'18446744073709551616' is not a whole number of at least 0"},
        {"-1", kAll, "'-1' is not a whole number of at least 0"},
        {"4294967295", 0xFFFFFFFF, "4294967295"},
        {"4294967296", 0xFFFFFFFF, "'4294967296' is not a whole number from 0 to 4294967295"},
        {"07", kAll, "'07' is not a whole number of at least 0; write it without the leading zero"},
    }));
    CAPTURE(text);
    const auto high = most;
    CHECK(told(text, [&](const Node& node, auto& said) { return read_unsigned(node, high, said); }) == shown);
}

TEST_CASE("a long value is cut short where it is quoted", "[document]") {
    CHECK(told(std::string(61, '9'), [](const Node& node, auto& said) { return read_integer(node, 0, 9, said); }) ==
          "'" + std::string(60, '9') + "…' is not a whole number from 0 to 9");
}

TEST_CASE("a truth value is true or false in just these letters", "[document]") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"true", "true"},
        {"false", "false"},
        {"True", "'True' is neither true nor false"},
        {"yes", "'yes' is neither true nor false"},
        {"1", "'1' is neither true nor false"},
        {"'true'", "'true' is neither true nor false"},
        {"~", "nothing is neither true nor false"},
        {"[true]", "a list is neither true nor false"},
    }));
    CHECK(told(text, read_bool) == shown);
}

TEST_CASE("a string is any single value, in quotes or not", "[document]") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"word", "word"},
        {"'a b'", "a b"},
        {"''", ""},
        {"010", "010"},
        {"true", "true"},
        {"'null'", "null"},
        {"null", "nothing stands where a string is wanted"},
        {"[x]", "a list stands where a string is wanted"},
        {"{x: y}", "a mapping stands where a string is wanted"},
    }));
    CHECK(told(text, read_string) == shown);
}

TEST_CASE("a duration is a whole number and a unit, a week at most", "[document]") {
    const auto read = [](const Node& node, core::Diagnostics& said) -> std::optional<std::int64_t> {
        const auto duration = read_duration(node, said);
        return duration ? std::optional<std::int64_t>{duration->count()} : std::nullopt;
    };
    const std::string hint = "; a whole number and a unit: 500ms, 10s, 2m, 1h";
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"0s", "0"},
        {"500ms", "500"},
        {"10s", "10000"},
        {"'10s'", "10000"},
        {"2m", "120000"},
        {"1h", "3600000"},
        {"168h", "604800000"},
        {"604800000ms", "604800000"},
        {"169h", "'169h' is not a duration"},
        {"604800001ms", "'604800001ms' is not a duration"},
        {"9223372036854775807h", "'9223372036854775807h' is not a duration"},
        {"9223372036854775808ms", "'9223372036854775808ms' is not a duration"},
        {"10", "'10' is not a duration"},
        {"s", "'s' is not a duration"},
        {"''", "'' is not a duration"},
        {"-1s", "'-1s' is not a duration"},
        {"1.5s", "'1.5s' is not a duration"},
        {"10 s", "'10 s' is not a duration"},
        {"10S", "'10S' is not a duration"},
        {"1m30s", "'1m30s' is not a duration"},
        {"10sec", "'10sec' is not a duration"},
        {"~", "nothing is not a duration"},
        {"[1s]", "a list is not a duration"},
    }));
    CAPTURE(text);
    const bool good = shown.find_first_not_of("0123456789") == std::string::npos;
    CHECK(told(text, read) == (good ? shown : shown + hint));
}

TEST_CASE("a list of strings keeps its good items and tells of the others", "[document]") {
    core::Diagnostics diagnostics;
    CHECK(read_strings(value_of("[x, '2', 3, true]"), diagnostics) == std::vector<std::string>{"x", "2", "3", "true"});
    CHECK(read_strings(value_of("[]"), diagnostics).empty());
    CHECK(diagnostics.all().empty());
    CHECK(read_strings(value_of("[x, [y], ~, z]"), diagnostics) == std::vector<std::string>{"x", "z"});
    CHECK(core::render(diagnostics) ==
          "p.yaml:1:8: error: a list stands where a string is wanted\n"
          "  1 | a: [x, [y], ~, z]\n"
          "    |        ^\n"
          "p.yaml:1:13: error: nothing stands where a string is wanted\n"
          "  1 | a: [x, [y], ~, z]\n"
          "    |             ^\n");
}

TEST_CASE("what is no list of strings is told once", "[document]") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"word", "'word' stands where a list of strings is wanted; write [ ] around it"},
        {"'a b'", "'a b' stands where a list of strings is wanted; write [ ] around it"},
        {"{b: c}", "a mapping stands where a list of strings is wanted"},
        {"~", "nothing stands where a list of strings is wanted"},
    }));
    const auto read = [](const Node& node, core::Diagnostics& said) -> std::optional<std::string> {
        CHECK(read_strings(node, said).empty());
        return std::nullopt;
    };
    CHECK(told(text, read) == shown);
}

TEST_CASE("a mapping is read key by key", "[document]") {
    const auto root = yaml_of("name: x\non: true\ncount: 3\nwithin: 2s\nargs: [a, b]\nrest: {c: d}\n");
    core::Diagnostics diagnostics;
    MappingReader reader{root, "a thing", diagnostics};
    CHECK(reader.is_mapping());
    CHECK(reader.string("name") == "x");
    CHECK(reader.boolean("on") == true);
    CHECK(reader.integer("count", 0, 9) == 3);
    CHECK(reader.duration("within") == core::Milliseconds{2000});
    CHECK(reader.strings("args") == std::vector<std::string>{"a", "b"});
    CHECK(reader.required("rest") == root.find("rest"));
    CHECK(reader.optional("none") == nullptr);
    CHECK_FALSE(reader.string("none").has_value());
    CHECK_FALSE(reader.boolean("none").has_value());
    CHECK_FALSE(reader.integer("none", 0, 9).has_value());
    CHECK_FALSE(reader.duration("none").has_value());
    CHECK(reader.strings("none").empty());
    reader.finish();
    CHECK(core::render(diagnostics).empty());
}

TEST_CASE("every problem of a mapping is told in one go, in the order of the text", "[document]") {
    const auto root = yaml_of("nmae: x\ncount: many\nwithin: soon\nzzzzzz: 1\n");
    core::Diagnostics diagnostics;
    MappingReader reader{root, "a thing", diagnostics};
    CHECK(reader.required("name") == nullptr);
    CHECK_FALSE(reader.integer("count", 1, 9).has_value());
    CHECK_FALSE(reader.duration("within").has_value());
    reader.finish();
    CHECK(core::render(diagnostics) ==
          "p.yaml:1:1: error: a thing has no 'name'\n"
          "  1 | nmae: x\n"
          "    | ^\n"
          "p.yaml:1:1: error: a thing does not know the key 'nmae'\n"
          "  1 | nmae: x\n"
          "    | ^~~~\n"
          "    = hint: did you mean 'name'?\n"
          "p.yaml:2:8: error: 'many' is not a whole number from 1 to 9\n"
          "  2 | count: many\n"
          "    |        ^~~~\n"
          "p.yaml:3:9: error: 'soon' is not a duration\n"
          "  3 | within: soon\n"
          "    |         ^~~~\n"
          "    = hint: a whole number and a unit: 500ms, 10s, 2m, 1h\n"
          "p.yaml:4:1: error: a thing does not know the key 'zzzzzz'\n"
          "  4 | zzzzzz: 1\n"
          "    | ^~~~~~\n"
          "    = hint: one of name, count, within\n");
}

TEST_CASE("what is no mapping is told once and has no keys", "[document]") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"word", "'word' stands where a thing is wanted, a mapping of keys to values"},
        {"[x: 1]", "a list stands where a thing is wanted, a mapping of keys to values"},
        {"~", "nothing stands where a thing is wanted, a mapping of keys to values"},
    }));
    const auto read = [](const Node& node, core::Diagnostics& said) -> std::optional<std::string> {
        MappingReader reader{node, "a thing", said};
        CHECK_FALSE(reader.is_mapping());
        CHECK(&reader.node() == &node);
        CHECK(reader.required("name") == nullptr);
        CHECK_FALSE(reader.string("title").has_value());
        reader.finish();
        return std::nullopt;
    };
    CHECK(told(text, read) == shown);
}

}  // namespace callgate::document
