#include "harness/document/expand.h"
#include "tests/unit/document/document_text.h"

#include <catch2/catch.hpp>

#include <map>
#include <string>

namespace callgate::document {

namespace {

const std::map<std::string, std::string> kVariables{
    {"x", "1"}, {"port.http", "8080"}, {"empty", ""}, {"tricky", "${x} $${x} }"}, {"word", "a b"}};

std::string expanded(const std::string& yaml) {
    core::Diagnostics diagnostics;
    const auto node = expand(yaml_of(yaml), kVariables, diagnostics);
    CHECK(core::render(diagnostics).empty());
    return shown(node);
}

std::string complaints(const std::string& yaml) {
    core::Diagnostics diagnostics;
    (void)expand(yaml_of(yaml), kVariables, diagnostics);
    return core::render(diagnostics);
}

}  // namespace

TEST_CASE("variables are replaced in a value", "[document]") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"plain", "plain"},
        {"a${x}b", "a1b"},
        {"${x}${x}", "11"},
        {"${x}-${port.http}", "1-8080"},
        {"http://127.0.0.1:${port.http}/", "http://127.0.0.1:8080/"},
        {"a${empty}b", "ab"},
        {"${tricky}!", "${x} $${x} }!"},  // a value is not looked at again
        {"$${x}", "${x}"},
        {"$${x} ${x}", "${x} 1"},
        {"${x}$${x}", "1${x}"},
        {"$$${x}", "$${x}"},
        {"$${", "${"},
        {"$", "$"},
        {"$x", "$x"},
        {"a$", "a$"},
        {"}{$", "}{$"},
        {"$ {x}", "$ {x}"},
    }));
    CHECK(expanded("'" + text + "'") == "\"" + shown + "\"");
}

TEST_CASE("a value that is only a variable counts as unquoted and may be a number", "[document]") {
    const auto [yaml, shown] = GENERATE(table<std::string, std::string>({
        {"'${x}'", "1"},
        {"\"${port.http}\"", "8080"},
        {"${x}", "1"},
        {"'${empty}'", ""},
        {"'${word}'", "a b"},
        {"' ${x}'", "\" 1\""},
        {"'${x} '", "\"1 \""},
        {"'0${x}'", "\"01\""},
        {"'${x}${x}'", "\"11\""},
        {"'$${x}'", "\"${x}\""},
        {"'1'", "\"1\""},
    }));
    CHECK(expanded(yaml) == shown);
}

TEST_CASE("variables are replaced everywhere in a tree except in keys", "[document]") {
    CHECK(expanded("'${x}': ['a${x}', {'k${x}': '${x}', n: ~}, ['${x}!']]\n") ==
          "{${x}: [\"a1\" {k${x}: 1, n: ~} [\"1!\"]]}");
}

TEST_CASE("an expanded value keeps its place", "[document]") {
    core::Diagnostics diagnostics;
    const auto node = expand(yaml_of("a: 1\nb: '${port.http}'\n"), kVariables, diagnostics);
    CHECK(core::to_string(node.find("b")->span) == "p.yaml:2:4");
    CHECK(node.find("b")->span.text() == "'${port.http}'");
}

TEST_CASE("an unknown variable is told at its place with the nearest one", "[document]") {
    CHECK(complaints("a: 1\nb: [x, '${port.htpp}/${x}']\n") ==
          "p.yaml:2:8: error: unknown variable '${port.htpp}'\n"
          "  2 | b: [x, '${port.htpp}/${x}']\n"
          "    |        ^~~~~~~~~~~~~~~~~~~\n"
          "    = hint: did you mean 'port.http'?\n");
    CHECK(complaints("${something.else}") ==
          "p.yaml:1:1: error: unknown variable '${something.else}'\n"
          "  1 | ${something.else}\n"
          "    | ^~~~~~~~~~~~~~~~~\n"
          "    = hint: one of empty, port.http, tricky, word, x\n");
    CHECK(complaints("'${}'") ==
          "p.yaml:1:1: error: unknown variable '${}'\n"
          "  1 | '${}'\n"
          "    | ^~~~~\n"
          "    = hint: one of empty, port.http, tricky, word, x\n");
}

TEST_CASE("a stand-in for an unknown variable is a number that readers accept", "[document]") {
    core::Diagnostics diagnostics;
    CHECK(shown(expand(yaml_of("['${nope.nope}', 'p${nope.nope}']"), kVariables, diagnostics)) == "[1 \"p1\"]");
    CHECK(diagnostics.all().size() == 2);
}

TEST_CASE("a variable without its end is told and the value stays", "[document]") {
    core::Diagnostics diagnostics;
    const auto node = expand(yaml_of("'a ${x} ${port.http'"), kVariables, diagnostics);
    CHECK(shown(node) == "\"a ${x} ${port.http\"");
    CHECK(core::render(diagnostics) ==
          "p.yaml:1:1: error: a '${' has no '}'\n"
          "  1 | 'a ${x} ${port.http'\n"
          "    | ^~~~~~~~~~~~~~~~~~~~\n"
          "    = hint: write $${ for a plain ${\n");
}

}  // namespace callgate::document
