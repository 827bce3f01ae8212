#include "harness/core/span.h"

#include <catch2/catch.hpp>

#include <memory>

namespace callgate::core {

TEST_CASE("lines and columns count from 1, columns in bytes", "[core]") {
    const auto source = std::make_shared<const SourceText>(SourceText{"p.yaml", "a\nbü\r\n\nlast"});
    const auto [offset, line, column] = GENERATE(table<std::size_t, std::size_t, std::size_t>({
        {0, 1, 1},
        {1, 1, 2},  // the line break belongs to its line
        {2, 2, 1},
        {5, 2, 4},
        {6, 2, 5},
        {7, 3, 1},
        {8, 4, 1},
        {12, 4, 5},  // the end of the text
    }));
    CHECK(Span{source, offset, offset}.position() == Position{line, column});
}

TEST_CASE("a span knows its file, its text and its place in words", "[core]") {
    const auto source = std::make_shared<const SourceText>(SourceText{"p.yaml", "a\nbc: d\n"});
    const Span span{source, 2, 4};
    CHECK(span.known());
    CHECK(span.text() == "bc");
    CHECK(span.file() == "p.yaml");
    CHECK(to_string(span) == "p.yaml:2:1");
}

TEST_CASE("a span of nothing is nowhere", "[core]") {
    const Span span;
    CHECK_FALSE(span.known());
    CHECK(span.position() == Position{0, 0});
    CHECK(span.text().empty());
    CHECK(span.file().empty());
    CHECK(to_string(span).empty());
}

}  // namespace callgate::core
