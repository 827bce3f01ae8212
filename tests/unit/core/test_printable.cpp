#include "harness/core/printable.h"

#include <catch2/catch.hpp>

namespace callgate::core {

TEST_CASE("text for a line is valid UTF-8 without anything that steers a terminal", "[core]") {
    using namespace std::string_literals;
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"plain ~", "plain ~"},
        {"a\tb", "a b"},
        {"a\nb\r", "a\\x0ab\\x0d"},
        {"\0x"s, "\\x00x"},
        {"\x1b[31m", "\\x1b[31m"},
        {"\x7f", "\\x7f"},
        {"\xc2\x80\xc2\x9b\xc2\x9f", "\\u{0080}\\u{009b}\\u{009f}"},  // C1
        {"\xc2\xa0", "\xc2\xa0"},
        {"größe €", "größe €"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"\xe2\x80\x8b\xe2\x80\x8f", "\\u{200b}\\u{200f}"},              // zero width
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}"},              // line separators
        {"\xe2\x80\xaa\xe2\x80\xae", "\\u{202a}\\u{202e}"},              // bidi embedding
        {"\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}"},              // bidi isolate
        {"\xd8\x9c\xef\xbb\xbf", "\\u{061c}\\u{feff}"},                  // Arabic letter mark, BOM
        {"\xef\xbf\xbe\xef\xbf\xbf", "\\u{fffe}\\u{ffff}"},              // noncharacters
        {"\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf", "\\u{1fffe}\\u{10ffff}"},   // noncharacters of other planes
        {"\xef\xbf\xbd", "\xef\xbf\xbd"},                                // the replacement character itself
        {"\x80", "\\x80"},                                               // a continuation without a start
        {"\xc3", "\\xc3"},                                               // cut short
        {"\xe2\x82", "\\xe2\\x82"},                                      // cut short
        {"\xe2\x82z", "\\xe2\\x82z"},                                    // cut short within
        {"\xc0\xaf", "\\xc0\\xaf"},                                      // overlong '/'
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},                             // overlong '/'
        {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},                    // overlong '/'
        {"\xed\xa0\x80\xed\xb0\x80", "\\xed\\xa0\\x80\\xed\\xb0\\x80"},  // a pair of surrogates
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},                    // past U+10FFFF
        {"\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},           // five bytes
        {"\xff\xfe", "\\xff\\xfe"},
    }));
    CHECK(printable(text) == shown);
}

TEST_CASE("what is printable already stays as it is", "[core]") {
    const std::string hostile = "\x1b[1m\xff\xe2\x80\xae\t\n";
    CHECK(printable(printable(hostile)) == printable(hostile));
}

TEST_CASE("text for a file keeps its lines and tabs and nothing else that is invisible", "[core]") {
    CHECK(printable_lines("a\n\tb\r\n\x0c\xc2\x85\xe2\x80\xa8\xff\xef\xbf\xbe") ==
          "a\n\tb\\x0d\n\\x0c\\u{0085}\\u{2028}\\xff\\u{fffe}");
}

TEST_CASE("text is shortened at the border of a character", "[core]") {
    const auto [text, limit, shown] = GENERATE(table<std::string, std::size_t, std::string>({
        {"", 0, ""},
        {"abc", 3, "abc"},
        {"abcd", 3, "abc…"},
        {"abc", 0, "…"},
        {"aäb", 2, "a…"},
        {"aäb", 3, "aä…"},
        {"a\xf0\x9f\x98\x80", 4, "a…"},
        {"a\xf0\x9f\x98\x80", 5, "a\xf0\x9f\x98\x80"},
    }));
    CHECK(shortened(text, limit) == shown);
}

}  // namespace callgate::core
