#include "harness/plan/date.h"

#include "harness/core/number.h"

#include <chrono>
#include <optional>

namespace callgate::plan {

namespace {

std::optional<int> number(std::string_view digits) {
    const auto value = core::number_in<int>(digits);
    return value && *value >= 0 ? value : std::nullopt;
}

}  // namespace

bool is_date(std::string_view text) {
    constexpr std::string_view kShape = "YYYY-MM-DD";
    if (text.size() != kShape.size() || text[4] != '-' || text[7] != '-') return false;
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day) return false;
    return std::chrono::year_month_day{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                       std::chrono::day{static_cast<unsigned>(*day)}}
        .ok();
}

}  // namespace callgate::plan
