#include "harness/bpf/condition.h"
#include "harness/bpf/example.h"

#include <catch2/catch.hpp>

#include <random>

namespace callgate::bpf {

namespace {

constexpr std::uint64_t kWhole = ~std::uint64_t{0};

Condition equal(Field field, std::uint64_t value, std::uint64_t mask = kWhole) {
    return {{{{field, mask, {{value, value}}, false}}}};
}

}  // namespace

TEST_CASE("an example of two conditions is the smallest call that is in both", "[bpf]") {
    const Condition either{
        {{{Field::arg0, kWhole, {{0x10000011, 0x10000011}}, false}}, {{Field::arg0, kWhole, {{0x100, 0x100}}, false}}}};
    const auto found = example(either, equal(Field::arg0, 0x10000000, 0x10000000));
    REQUIRE(found.has_value());
    CHECK(found->args[0] == 0x10000011);
    CHECK(example(either, {{{}}})->args[0] == 0x100);
    CHECK(example(either, equal(Field::arg3, 7))->args[3] == 7);
}

TEST_CASE("conditions that no call is in have no example", "[bpf]") {
    CHECK(!example(equal(Field::arg0, 1), equal(Field::arg0, 2)));
    CHECK(!example(equal(Field::arg0, 0, 0x10), equal(Field::arg0, 0x1f)));
    CHECK(!example({}, {{{}}}));
}

TEST_CASE("conditions are apart when no call is in both", "[bpf]") {
    CHECK(apart(equal(Field::arg0, 1), equal(Field::arg0, 2)));
    CHECK(apart(equal(Field::arg0, 0, 0x10), equal(Field::arg0, 0x1f)));
    CHECK(apart({}, {{{}}}));
    CHECK_FALSE(apart(equal(Field::arg0, 0x10, 0x10), equal(Field::arg0, 0x1f)));
    CHECK_FALSE(apart(equal(Field::arg0, 1), equal(Field::arg1, 2)));
}

TEST_CASE("an example is in both conditions, and there is one where a search finds one", "[bpf]") {
    std::mt19937_64 random{20261126};
    const auto any = [&]() -> Condition {
        Condition condition;
        for (std::size_t i = 0; i <= random() % 2; ++i) {
            const std::uint64_t first = random() % 16;
            condition.alternatives.push_back({{static_cast<Field>(random() % 2),
                                               random() % 2 == 0 ? kWhole : random() % 16,
                                               {{first, first + random() % 3}},
                                               random() % 2 == 0}});
        }
        return condition;
    };
    for (int i = 0; i < 300; ++i) {
        const auto a = any();
        const auto b = any();
        bool possible = false;
        for (std::uint64_t x = 0; x < 32; ++x) {
            for (std::uint64_t y = 0; y < 32; ++y) {
                model::Call call;
                call.args[0] = x;
                call.args[1] = y;
                possible = possible || (holds(a, call) && holds(b, call));
            }
        }
        const auto found = example(a, b);
        INFO(to_words(a) << "; " << to_words(b));
        CHECK(found.has_value() == possible);
        if (found) CHECK((holds(a, *found) && holds(b, *found)));
    }
}

TEST_CASE("fields and values are told by the names that are given", "[bpf]") {
    const Naming naming{[](Field field) { return field == Field::arg0 ? "family" : "other"; },
                        [](Field, std::uint64_t, std::uint64_t value) { return value == 2 ? "AF_INET" : ""; }};
    const auto words = [&](std::vector<ValueRange> ranges, std::uint64_t mask = kWhole) {
        return to_words(Test{Field::arg0, mask, std::move(ranges), false}, naming);
    };
    CHECK(words({{2, 2}}) == "family == AF_INET");
    CHECK(words({{1, 2}}) == "family in {1, AF_INET}");
    CHECK(words({{2, 2}, {10, 12}}) == "family in {AF_INET, 10..12}");
    CHECK(words({{2, 2}}, 0xf) == "family & 0xf == AF_INET");
    CHECK(words({{0, 2}}) == "family <= 2");
}

}  // namespace callgate::bpf
