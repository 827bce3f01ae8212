#include "profiles/new_rule.h"

#include "profiles/edits.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace callgate::profiles {

namespace {

using document::Node;

bool spans_lines(const core::Span& span) {
    return span.text().find('\n') != std::string_view::npos;
}

const std::string& text_of(const Node& node) {
    return node.span.source->text;
}

/// How far `inner` is indented beyond `outer`.
std::string step(const std::string& outer, const std::string& inner) {
    const bool extends = inner.size() > outer.size() && inner.compare(0, outer.size(), outer) == 0;
    return extends ? inner.substr(outer.size()) : "  ";
}

struct Layout {
    bool rule_on_lines = true;   ///< one key per line
    bool names_on_lines = true;  ///< one name per line
    bool action_first = false;
    std::string newline = "\n";
    std::string colon = ": ";
    std::string comma = ", ";  ///< between things in one line
    std::string base;          ///< indentation of the rule's closing brace
    std::string unit = "  ";
};

std::string written(const Layout& layout, const std::set<std::string>& names) {
    const auto deeper = [&](int levels) {
        std::string out = layout.newline + layout.base;
        for (int i = 0; i < levels; ++i) out += layout.unit;
        return out;
    };
    std::string list;
    for (const auto& name : names) {
        if (!list.empty()) list += layout.names_on_lines ? "," : layout.comma;
        if (layout.names_on_lines) list += deeper(2);
        list += "\"" + name + "\"";
    }
    if (layout.names_on_lines) list += deeper(1);
    const auto names_member = fmt::format("\"names\"{}[{}]", layout.colon, list);
    const auto action_member = fmt::format("\"action\"{}\"SCMP_ACT_ALLOW\"", layout.colon);
    const auto& first = layout.action_first ? action_member : names_member;
    const auto& second = layout.action_first ? names_member : action_member;
    if (!layout.rule_on_lines) return fmt::format("{{{}{}{}}}", first, layout.comma, second);
    return fmt::format("{{{}{},{}{}{}}}", deeper(1), first, deeper(1), second, deeper(0));
}

Layout layout_of(const Node& profile) {
    Layout layout;
    if (text_of(profile).find("\r\n") != std::string::npos) layout.newline = "\r\n";
    layout.colon = colon_of(profile);
    layout.comma = layout.colon.back() == ' ' ? ", " : ",";
    layout.rule_on_lines = spans_lines(profile.span);
    layout.names_on_lines = layout.rule_on_lines;
    return layout;
}

}  // namespace

std::string colon_of(const Node& mapping) {
    if (mapping.members.empty()) return ": ";
    const auto& member = mapping.members.front();
    auto colon = text_of(mapping).substr(member.key_span.end, member.value.span.begin - member.key_span.end);
    return colon.find('\n') == std::string::npos ? colon : ": ";
}

std::string new_rule(const Node& profile, const Node* rules, const std::set<std::string>& names) {
    auto layout = layout_of(profile);
    const auto& model = rules->items.back();
    const auto& text = text_of(profile);
    layout.rule_on_lines = spans_lines(model.span);
    layout.base = indent_at(text, model.span.end - 1);
    if (!model.members.empty()) {
        layout.action_first = model.members.front().key == "action";
        layout.unit = step(layout.base, indent_at(text, model.members.front().key_span.begin));
    }
    const auto* list = model.find("names");
    layout.names_on_lines = layout.rule_on_lines && list != nullptr && spans_lines(list->span);
    return written(layout, names);
}

std::string new_rule_list(const Node& profile, const std::set<std::string>& names) {
    auto layout = layout_of(profile);
    if (!layout.rule_on_lines || profile.members.empty()) return "[" + written(layout, names) + "]";
    const auto& text = text_of(profile);
    const auto outer = indent_at(text, profile.members.front().key_span.begin);
    layout.unit = step(indent_at(text, profile.span.end - 1), outer);
    layout.base = outer + layout.unit;
    return fmt::format("[{}{}{}{}{}]", layout.newline, layout.base, written(layout, names), layout.newline, outer);
}

}  // namespace callgate::profiles
