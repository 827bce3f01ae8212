#pragma once

#include <string_view>

namespace callgate::plan {

/// True for a day that the calendar has, written YYYY-MM-DD.
bool is_date(std::string_view text);

}  // namespace callgate::plan
