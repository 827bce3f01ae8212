#include "harness/core/printable.h"
#include "profiles/diff.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string_view>

namespace callgate::profiles {

namespace {

std::string_view kind_name(Difference::Kind kind) {
    switch (kind) {
        case Difference::Kind::added:
            return "added";
        case Difference::Kind::removed:
            return "removed";
        case Difference::Kind::changed:
            return "changed";
    }
    return "changed";
}

std::string_view sign(Difference::Kind kind) {
    switch (kind) {
        case Difference::Kind::added:
            return "+";
        case Difference::Kind::removed:
            return "-";
        case Difference::Kind::changed:
            return "~";
    }
    return "~";
}

std::string_view subject_name(Difference::Subject subject) {
    switch (subject) {
        case Difference::Subject::default_action:
            return "default action";
        case Difference::Subject::architecture:
            return "architecture";
        case Difference::Subject::flag:
            return "flag";
        case Difference::Subject::listener:
            return "listener";
        case Difference::Subject::syscall:
            return "syscall";
    }
    return "syscall";
}

std::string shown(const model::Place& place) {
    return place.line == 0 ? std::string{} : fmt::format("{}:{}", place.file, place.line);
}

/// "a.json:4, b.json:7", as far as there are places.
std::string places(const Difference& difference) {
    const auto a = shown(difference.a);
    const auto b = shown(difference.b);
    return a.empty() || b.empty() ? a + b : a + ", " + b;
}

/// A cell of a Markdown table: untrusted text becomes a code span that it cannot leave.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : core::printable(text)) {
        if (c == '|') out += '\\';
        out += c == '`' ? '\'' : c;
    }
    return out.empty() ? out : "`" + out + "`";
}

nlohmann::ordered_json json_place(const model::Place& place) {
    if (place.line == 0) return nullptr;
    return {{"file", core::printable(place.file)}, {"line", place.line}, {"column", place.column}};
}

}  // namespace

std::string render_text(std::span<const Difference> differences) {
    if (differences.empty()) return "no difference\n";
    std::string out;
    for (const auto& difference : differences) {
        std::string line =
            fmt::format("{} {} {}", sign(difference.kind), subject_name(difference.subject), difference.name);
        if (!difference.before.empty() || !difference.after.empty()) {
            line += fmt::format(": {} -> {}", difference.before.empty() ? "nothing" : difference.before,
                                difference.after.empty() ? "nothing" : difference.after);
        }
        if (const auto where = places(difference); !where.empty()) line += fmt::format("  ({})", where);
        out += core::printable(line) + "\n";
    }
    return out;
}

std::string render_markdown(std::span<const Difference> differences) {
    if (differences.empty()) return "The profiles say the same.\n";
    std::string out = "| | what | name | before | after | where |\n|---|---|---|---|---|---|\n";
    for (const auto& difference : differences) {
        out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", kind_name(difference.kind),
                           subject_name(difference.subject), cell(difference.name), cell(difference.before),
                           cell(difference.after), cell(places(difference)));
    }
    return out;
}

std::string render_json(std::span<const Difference> differences) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& difference : differences) {
        list.push_back({{"kind", kind_name(difference.kind)},
                        {"subject", subject_name(difference.subject)},
                        {"name", core::printable(difference.name)},
                        {"before", core::printable(difference.before)},
                        {"after", core::printable(difference.after)},
                        {"a", json_place(difference.a)},
                        {"b", json_place(difference.b)}});
    }
    const nlohmann::ordered_json document{{"differences", std::move(list)}};
    return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::profiles
