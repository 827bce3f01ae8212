#include "profiles/load.h"

#include "profiles/foreign.h"
#include "profiles/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::profiles {

namespace {

constexpr std::size_t kLargest = std::size_t{4} * 1024 * 1024;

core::Span front_of(const document::Source& source) {
    return {source, 0, std::min<std::size_t>(1, source->text.size())};
}

void refuse(const Foreign& foreign, core::Diagnostics& diagnostics) {
    diagnostics.error(foreign.span,
                      fmt::format("'{}' belongs to {}, which is not read yet", foreign.key, foreign.owner),
                      std::string{foreign.hint});
}

/// What is not JSON is refused; when it is YAML of a known kind, by name.
void refuse_other_than_json(const document::Source& source, core::Diagnostics& diagnostics) {
    core::Diagnostics unheard;
    if (const auto documents = document::parse_yaml(source, unheard)) {
        for (const auto& root : *documents) {
            if (const auto foreign = find_foreign(root)) return refuse(*foreign, diagnostics);
        }
    }
    diagnostics.error(front_of(source), "this is not JSON: a profile of the OCI runtime-spec begins with '{'",
                      "YAML, minijail policies and compiled filters are not read yet");
}

void refuse_unrecognised(const document::Node& root, core::Diagnostics& diagnostics) {
    std::vector<std::string> names;
    for (const auto* format : formats()) names.emplace_back(format->summary);
    diagnostics.error({root.span.source, root.span.begin, root.span.begin + 1},
                      "this is no seccomp profile: 'defaultAction' is missing",
                      fmt::format("formats that are read: {}", fmt::join(names, "; ")));
}

}  // namespace

std::optional<model::Profile> load(const document::Source& source, core::Diagnostics& diagnostics) {
    const auto& text = source->text;
    if (text.size() > kLargest) {
        diagnostics.error({source, 0, 0}, fmt::format("the profile has {} bytes, more than {}", text.size(), kLargest));
        return std::nullopt;
    }
    const auto start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (start == std::string::npos) {
        diagnostics.error(front_of(source), "the profile is empty");
        return std::nullopt;
    }
    if (text[start] != '{' && text[start] != '[') {
        refuse_other_than_json(source, diagnostics);
        return std::nullopt;
    }
    const auto root = document::parse_json(source, diagnostics);
    if (!root) return std::nullopt;
    if (const auto foreign = find_foreign(*root)) {
        refuse(*foreign, diagnostics);
        return std::nullopt;
    }
    for (const auto* format : formats()) {
        if (format->recognises(*root)) return format->read(*root, diagnostics);
    }
    refuse_unrecognised(*root, diagnostics);
    return std::nullopt;
}

}  // namespace callgate::profiles
