#pragma once

#include <string>
#include <string_view>

namespace callgate::profiles {

/// A cell of a Markdown table: untrusted text becomes a code span that it cannot leave; "" for "".
std::string markdown_cell(std::string_view text);

}  // namespace callgate::profiles
