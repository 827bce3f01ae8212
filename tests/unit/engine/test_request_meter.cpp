#include "harness/engine/request_meter.h"

#include <catch2/catch.hpp>

#include <optional>

namespace callgate::engine {
namespace {

using std::chrono::milliseconds;

/// Requests every `every` for `time`, beginning at `from`; what was told last, and how often.
std::pair<std::optional<double>, int> load(RequestMeter& meter, core::SteadyTime from, milliseconds time,
                                           milliseconds every) {
    std::optional<double> last;
    int told = 0;
    for (milliseconds at{0}; at < time; at += every) {
        if (const auto rate = meter.count(from + at)) {
            last = rate;
            ++told;
        }
    }
    return {last, told};
}

TEST_CASE("the rate of requests is told a few times a second") {
    RequestMeter meter;
    const auto start = std::chrono::steady_clock::now();
    const auto [rate, told] = load(meter, start, milliseconds{2000}, milliseconds{2});
    REQUIRE(rate);
    CHECK(*rate == Approx(500).epsilon(0.02));
    CHECK(told >= 6);
    CHECK(told <= 8);
}

TEST_CASE("a pause between two loads lowers neither rate") {
    RequestMeter meter;
    const auto start = std::chrono::steady_clock::now();
    load(meter, start, milliseconds{300}, milliseconds{2});
    const auto [rate, told] = load(meter, start + std::chrono::seconds{10}, milliseconds{300}, milliseconds{1});
    REQUIRE(told == 1);
    CHECK(*rate == Approx(1000).epsilon(0.02));
}

}  // namespace
}  // namespace callgate::engine
