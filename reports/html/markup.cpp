#include "reports/html/markup.h"

#include "reports/rows.h"

#include <fmt/format.h>

namespace callgate::reports::html {

using model::Outcome;

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 16);
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string text(std::string_view untrusted, std::size_t limit) {
    return escaped(shown(untrusted, limit));
}

std::string code(std::string_view untrusted, std::size_t limit) {
    return untrusted.empty() ? "" : fmt::format("<code>{}</code>", text(untrusted, limit));
}

std::string block(std::string_view lines, std::string_view name) {
    // What scrolls must be within reach of the keyboard.
    return fmt::format("<pre tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</pre>\n", escaped(name),
                       escaped(lines));
}

Look look_of(Outcome outcome) {
    if (outcome == Outcome::passed) return {"good", "✓", "#1a7f37"};
    if (outcome == Outcome::skipped) return {"dim", "–", "#656d76"};
    if (model::is_finding(outcome)) return {"bad", "✗", "#cf222e"};
    return {"unsure", "!", "#9a6700"};
}

std::string outcome_words(Outcome outcome) {
    const auto look = look_of(outcome);
    return fmt::format("<span class=\"{}\"><span aria-hidden=\"true\">{}</span> {}</span>", look.css, look.sign,
                       model::outcome_name(outcome));
}

std::string table(std::string_view name, const std::vector<std::string>& head, const std::vector<std::string>& bodies,
                  std::size_t limit) {
    // Narrow screens lay the table out as cards; the roles keep it a table for a screen reader.
    std::string out = fmt::format(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\n<table role=\"table\" "
        "aria-label=\"{0}\">\n<thead role=\"rowgroup\"><tr role=\"row\">",
        escaped(name));
    for (const auto& title : head)
        out += fmt::format("<th scope=\"col\" role=\"columnheader\">{}</th>", escaped(title));
    out += "</tr></thead>\n";
    const auto left_out = append_fitting(out, bodies, limit);
    out += "</table>\n</div>\n";
    if (left_out > 0) out += fmt::format("<p>{} in <code>run.json</code>.</p>\n", counted(left_out, "more", "more"));
    return out;
}

std::string cell(std::string_view title, std::string_view markup) {
    return fmt::format("<td role=\"cell\" data-title=\"{}\">{}</td>", escaped(title), markup);
}

std::string folded(std::string_view summary, std::string_view markup) {
    return fmt::format("<details><summary>{}</summary>\n{}</details>\n", summary, markup);
}

}  // namespace callgate::reports::html
