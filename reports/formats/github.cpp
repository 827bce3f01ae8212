#include "reports/case_text.h"
#include "reports/ci_safe.h"
#include "reports/format.h"
#include "reports/remarks.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports::github {

namespace {

/// GitHub shows so many errors, and so many warnings, of a step and drops the rest without a word.
constexpr std::size_t kMostOfALevel = 10;
constexpr std::size_t kMostText = std::size_t{4} * 1024;

/// Data of a workflow command: nothing in it ends the line, so that nothing in it is a command.
std::string command_data(std::string_view text) {
    std::string out;
    for (const char c : ci_safe(text)) {
        if (c == '%') {
            out += "%25";
        } else if (c == '\r') {
            out += "%0D";
        } else if (c == '\n') {
            out += "%0A";
        } else {
            out += c;
        }
    }
    return out;
}

/// A property of one ends at a comma or a colon as well.
std::string command_property(std::string_view text) {
    std::string out;
    for (const char c : command_data(text)) {
        if (c == ':') {
            out += "%3A";
        } else if (c == ',') {
            out += "%2C";
        } else {
            out += c;
        }
    }
    return out;
}

std::string annotation(std::string_view level, const Remark& remark) {
    std::string properties;
    if (!remark.place.file.empty()) {
        properties = fmt::format("file={},", command_property(remark.place.file));
        if (remark.place.line > 0) properties += fmt::format("line={},", remark.place.line);
        if (remark.place.line > 0 && remark.place.column > 0) properties += fmt::format("col={},", remark.place.column);
    }
    const auto text = remark.message + "\n\n" + head_and_tail(remark.text, kMostText);
    return fmt::format("::{} {}title={}::{}\n", level, properties, command_property(remark.title), command_data(text));
}

/// The worst of a level, and at the end how many more there are.
std::string level_of(std::string_view level, const std::vector<const Remark*>& all) {
    const auto some = all.size() <= kMostOfALevel ? all.size() : kMostOfALevel - 1;
    std::string out;
    for (std::size_t i = 0; i < some; ++i) out += annotation(level, *all[i]);
    if (some < all.size()) {
        out += fmt::format("::{} title=callgate::{} like these; all of them are in the report\n", level,
                           counted(all.size() - some, "more", "more"));
    }
    return out;
}

std::string render(const model::RunResult& run) {
    const auto verdict = reports::verdict(run);
    const auto all = remarks(run);
    std::vector<const Remark*> errors;
    std::vector<const Remark*> warnings;
    for (const auto& remark : all) (is_error(remark) ? errors : warnings).push_back(&remark);
    return level_of("error", errors) + level_of("warning", warnings) +
           fmt::format("::notice title={}::{}\n", command_property("callgate: " + verdict.word),
                       command_data(verdict.text));
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"github", "",
                           "annotations on the lines of profiles and plans, as workflow commands; printed", render};

}  // namespace callgate::reports::github
