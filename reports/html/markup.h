#pragma once

#include "harness/model/run_result.h"
#include "reports/wording.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports::html {

/// Text in which nothing is markup, neither between tags nor within a quoted attribute. What is untrusted was made
/// printable before.
std::string escaped(std::string_view text);

/// Untrusted text as one line of at most `limit` bytes, escaped.
std::string text(std::string_view untrusted, std::size_t limit = kShownBytes);

/// The same in fixed width; "" for "".
std::string code(std::string_view untrusted, std::size_t limit = kShownBytes);

/// Lines of text in fixed width, escaped; `name` is what a screen reader calls the box that scrolls.
std::string block(std::string_view lines, std::string_view name);

/// What colours and signs go by.
struct Look {
    std::string_view css;   ///< class
    std::string_view sign;  ///< so that colour is never all there is
    std::string_view fill;  ///< for pictures where no style sheet is let in
};
Look look_of(model::Outcome outcome);

/// "✓ passed" in its colour.
std::string outcome_words(model::Outcome outcome);

/// A table within a box that scrolls sideways where it is too wide. `head` are the columns' titles; `bodies` are
/// whole <tbody> elements, of which those that fit into `limit` bytes are shown and the rest is counted.
std::string table(std::string_view name, const std::vector<std::string>& head, const std::vector<std::string>& bodies,
                  std::size_t limit);

/// A cell that also knows its column's title, which narrow screens show in front of it.
std::string cell(std::string_view title, std::string_view markup);

/// Something folded up under a line that opens it.
std::string folded(std::string_view summary, std::string_view markup);

}  // namespace callgate::reports::html
