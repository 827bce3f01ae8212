#include "harness/core/diagnostics.h"

#include "harness/core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace callgate::core {

namespace {

constexpr std::size_t kShownWidth = 160;
constexpr std::size_t kMostKept = 500;

std::string_view line_at(const Span& span) {
    const std::string_view text = span.source->text;
    const auto previous = span.begin == 0 ? std::string_view::npos : text.rfind('\n', span.begin - 1);
    const auto start = previous == std::string_view::npos ? 0 : previous + 1;
    return text.substr(start, text.find_first_of("\r\n", start) - start);
}

bool inside_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// How many places text takes on a terminal once it is printable: one for each character.
std::size_t columns(std::string_view text) {
    const auto shown = printable(text);
    return shown.size() - static_cast<std::size_t>(std::count_if(shown.begin(), shown.end(), inside_character));
}

/// The source line with a caret line below it. Tabs count as one blank on both lines, so that the caret stands right.
std::string picture(const Span& span) {
    const auto [line, column] = span.position();
    std::string_view shown = line_at(span);
    auto start = std::min(column - 1, shown.size());
    auto cut = start - std::min(start, kShownWidth / 2);
    while (cut < start && inside_character(shown[cut])) ++cut;
    shown.remove_prefix(cut);
    start -= cut;
    auto width = std::min(shown.size(), kShownWidth);
    while (width > start && width < shown.size() && inside_character(shown[width])) --width;
    shown = shown.substr(0, width);
    const auto underlined = columns(shown.substr(start, span.end - span.begin));
    const auto number = std::to_string(line);
    return fmt::format("  {} | {}\n  {} | {}^{}\n", number, printable(shown), std::string(number.size(), ' '),
                       std::string(columns(shown.substr(0, start)), ' '),
                       std::string(std::max<std::size_t>(underlined, 1) - 1, '~'));
}

}  // namespace

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            return "note";
    }
    return "note";
}

void Diagnostics::error(Span span, std::string message, std::string hint) {
    add({Severity::error, std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::warning(Span span, std::string message, std::string hint) {
    add({Severity::warning, std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::note(Span span, std::string message, std::string hint) {
    add({Severity::note, std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::add(Diagnostic diagnostic) {
    ++said_;
    has_errors_ |= diagnostic.severity == Severity::error;
    if (all_.size() >= kMostKept) return;
    const auto same = [&](const Diagnostic& other) {
        return other.span.source == diagnostic.span.source && other.span.begin == diagnostic.span.begin &&
               other.message == diagnostic.message;
    };
    // What two readers of the same text complain about is one mistake.
    if (std::none_of(all_.begin(), all_.end(), same)) all_.push_back(std::move(diagnostic));
}

bool Diagnostics::has_errors() const {
    return has_errors_;
}

std::string render(const Diagnostics& diagnostics) {
    std::vector<const Diagnostic*> sorted;
    for (const auto& diagnostic : diagnostics.all()) sorted.push_back(&diagnostic);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic* a, const Diagnostic* b) {
        return std::pair{a->span.file(), a->span.begin} < std::pair{b->span.file(), b->span.begin};
    });
    std::string out;
    for (const auto* diagnostic : sorted) {
        if (diagnostic->span.known()) out += printable(to_string(diagnostic->span)) + ": ";
        out += fmt::format("{}: {}\n", severity_name(diagnostic->severity), printable(diagnostic->message));
        if (diagnostic->span.known() && !diagnostic->span.source->text.empty()) out += picture(diagnostic->span);
        if (!diagnostic->hint.empty()) out += fmt::format("    = hint: {}\n", printable(diagnostic->hint));
    }
    if (sorted.size() >= kMostKept) out += fmt::format("note: nothing is shown beyond the first {}\n", kMostKept);
    return out;
}

}  // namespace callgate::core
