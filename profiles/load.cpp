#include "profiles/load.h"

#include "harness/core/closest.h"
#include "profiles/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

constexpr std::size_t kLargest = std::size_t{4} * 1024 * 1024;

std::string known_formats() {
    std::vector<std::string> names;
    for (const auto* format : formats()) names.emplace_back(format->name);
    return fmt::format("{}", fmt::join(names, ", "));
}

/// A unit of systemd begins like a JSON list, with the name of a section.
bool begins_like_json(std::string_view text, std::size_t start) {
    if (text[start] == '{') return true;
    if (text[start] != '[') return false;
    const auto next = text.find_first_not_of(" \t\r\n", start + 1);
    return next == std::string_view::npos || std::isalpha(static_cast<unsigned char>(text[next])) == 0;
}

std::optional<Content> refuse_unrecognised(const Input& input, core::Diagnostics& diagnostics) {
    const auto front = first_byte(input.source);
    if (input.root != nullptr) {
        diagnostics.error({input.source, input.root->span.begin, input.root->span.begin + 1},
                          "this is no seccomp profile: 'defaultAction' is missing",
                          fmt::format("formats that are read: {}", known_formats()));
    } else {
        diagnostics.error(front, "this is in none of the formats in which profiles are written",
                          fmt::format("name the one that it is meant to be in: --from {}", known_formats()));
    }
    return std::nullopt;
}

std::optional<Content> read_as(const ProfileFormat& format, const Input& input, const ReadOptions& options,
                               core::Diagnostics& diagnostics) {
    auto content = format.read(input, options, diagnostics);
    if (!content) return std::nullopt;
    if (auto* profile = std::get_if<model::Profile>(&*content)) profile->format = format.name;
    return content;
}

std::optional<Content> read(const Input& input, const ReadOptions& options, core::Diagnostics& diagnostics) {
    if (!options.format.empty()) {
        const auto* format = find_format(options.format);
        if (format != nullptr) return read_as(*format, input, options, diagnostics);
        diagnostics.error(first_byte(input.source), fmt::format("no format is called '{}'", options.format),
                          fmt::format("one of {}", known_formats()));
        return std::nullopt;
    }
    for (const auto* format : formats()) {
        if (format->recognises(input)) return read_as(*format, input, options, diagnostics);
    }
    return refuse_unrecognised(input, diagnostics);
}

}  // namespace

std::optional<Content> load(const document::Source& source, const ReadOptions& options,
                            core::Diagnostics& diagnostics) {
    const auto& text = source->text;
    if (text.size() > kLargest) {
        diagnostics.error({source, 0, 0}, fmt::format("the profile has {} bytes, more than {}", text.size(), kLargest));
        return std::nullopt;
    }
    const auto start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (start == std::string::npos) {
        diagnostics.error(first_byte(source), "the profile is empty");
        return std::nullopt;
    }
    if (!begins_like_json(text, start)) return read({source}, options, diagnostics);
    const auto root = document::parse_json(source, diagnostics);
    return root ? read({source, &*root}, options, diagnostics) : std::nullopt;
}

std::optional<model::Profile> load(const document::Source& source, core::Diagnostics& diagnostics) {
    auto content = load(source, ReadOptions{}, diagnostics);
    if (!content) return std::nullopt;
    if (auto* profile = std::get_if<model::Profile>(&*content)) return std::move(*profile);
    diagnostics.error(first_byte(source), "this is a compiled filter: its rules cannot be known again from it");
    return std::nullopt;
}

}  // namespace callgate::profiles
