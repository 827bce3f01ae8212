#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callgate::reports {

/// Untrusted text as prose in GitHub's and GitLab's Markdown, also within a table: nothing in it is markup, a link,
/// a mention or an issue number.
std::string markdown_prose(std::string_view text, std::size_t limit);

/// Untrusted text in fixed width, also within a table; "" for "".
std::string markdown_code(std::string_view text, std::size_t limit);

/// A fenced block whose fence is longer than any run of backticks inside.
std::string markdown_fence(std::string_view language, std::string_view text);

}  // namespace callgate::reports
