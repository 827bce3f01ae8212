#include "harness/plan/wording.h"

#include "harness/document/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace callgate::plan {

namespace {

bool is_name(std::string_view text) {
    const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; };
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 && text.front() != '-' &&
           std::all_of(text.begin(), text.end(), fits);
}

}  // namespace

core::Span key_span(const document::Node& mapping, std::string_view key) {
    const auto found = std::find_if(mapping.members.begin(), mapping.members.end(),
                                    [&](const document::Member& member) { return member.key == key; });
    return found == mapping.members.end() ? mapping.span : found->key_span;
}

std::optional<std::string> read_text(const document::Node& node, core::Diagnostics& diagnostics, bool may_be_empty) {
    auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    if (text->find('\0') != std::string::npos) {
        diagnostics.error(node.span, "a zero byte stands in a string", "no command, variable or path can hold one");
        return std::nullopt;
    }
    if (text->empty() && !may_be_empty) {
        diagnostics.error(node.span, "an empty string stands where some text is wanted");
        return std::nullopt;
    }
    return text;
}

std::vector<std::string> read_names(const document::Node& node, std::string_view what, core::Diagnostics& diagnostics) {
    std::vector<std::string> names;
    if (node.kind != document::Node::Kind::sequence) return document::read_strings(node, diagnostics);
    std::map<std::string, core::Span> seen;
    for (const auto& item : node.items) {
        auto name = document::read_string(item, diagnostics);
        if (!name) continue;
        if (!is_name(*name)) {
            diagnostics.error(item.span, fmt::format("'{}' is not {}", *name, what),
                              "letters, digits, '_' and '-', beginning with a letter or '_'");
            continue;
        }
        const auto [first, is_new] = seen.emplace(*name, item.span);
        if (is_new) {
            names.push_back(std::move(*name));
        } else {
            diagnostics.error(item.span, fmt::format("'{}' stands in the list twice", *name));
        }
    }
    return names;
}

bool exactly_one_of(const document::Node& mapping, std::string_view what, const std::vector<std::string>& keys,
                    core::Diagnostics& diagnostics) {
    if (mapping.kind != document::Node::Kind::mapping) return false;
    std::vector<std::string> found;
    for (const auto& key : keys) {
        if (mapping.find(key) != nullptr) found.push_back(key);
    }
    if (found.size() == 1) return true;
    if (found.empty()) {
        diagnostics.error(mapping.span, fmt::format("{} has none of '{}'", what, fmt::join(keys, "', '")));
    } else {
        diagnostics.error(key_span(mapping, found[1]),
                          fmt::format("'{}' stands beside '{}': {} has one or the other", found[1], found[0], what));
    }
    return false;
}

std::string stands_already(const core::Span& first) {
    return fmt::format("it stands already in line {}", first.position().line);
}

}  // namespace callgate::plan
