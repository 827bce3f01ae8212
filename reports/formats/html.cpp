#include "harness/core/sha256.h"
#include "harness/model/mode.h"
#include "reports/embedded.h"
#include "reports/format.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports::html {

namespace {

/// The page, from top to bottom. A section for something new is a function and a line here.
constexpr std::array kSections{
    Section{"timeline", "Timeline", timeline},
    Section{"violations", "Missing system calls", violations},
    Section{"cases", "Cases", cases},
    Section{"proposals", "Proposed change", proposals},
    Section{"coverage", "Coverage", coverage},
    Section{"latencies", "How long requests took", latencies},
    Section{"expected", "Expected refusals", expected_refusals},
    Section{"notes", "Notes", notes},
    Section{"about", "About this run", about},
};

std::string_view embedded(std::string_view name) {
    const auto files = embedded_files();
    const auto found = std::find_if(files.begin(), files.end(), [name](const auto& file) { return file.name == name; });
    if (found == files.end()) std::abort();
    return found->text;
}

/// A hash as Content-Security-Policy spells it: base64 of the bytes, where core::sha256 has them in hexadecimal.
std::string csp_hash(std::string_view text) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto hex = core::sha256(text);
    const auto nibble = [&hex](std::size_t at) -> unsigned {
        return at >= hex.size() ? 0U : static_cast<unsigned>(hex[at] <= '9' ? hex[at] - '0' : hex[at] - 'a' + 10);
    };
    std::string out;
    // Three nibbles are two digits; the last of 64 stands alone.
    for (std::size_t at = 0; at < hex.size(); at += 3) {
        const unsigned bits = nibble(at) << 8U | nibble(at + 1) << 4U | nibble(at + 2);
        out += kDigits[bits >> 6U];
        out += kDigits[bits & 0x3FU];
    }
    return "'sha256-" + out.substr(0, 43) + "='";
}

/// Nothing is loaded and nothing runs but the page's own script and style, whatever stands in the text.
std::string head_of(const model::RunResult& run, const Verdict& verdict, std::string_view style,
                    std::string_view script) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src {}; "
        "script-src {}; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
        "<title>callgate: {}, {}</title>\n<style>{}</style>\n</head>\n",
        csp_hash(style), csp_hash(script), verdict.word, escaped(subject(run)), style);
}

std::string_view css_of(Verdict::Tone tone) {
    return tone == Verdict::Tone::good ? "good" : tone == Verdict::Tone::bad ? "bad" : "unsure";
}

std::string_view sign_of(Verdict::Tone tone) {
    return tone == Verdict::Tone::good ? "✓" : tone == Verdict::Tone::bad ? "✗" : "!";
}

std::string modes_of(const model::RunResult& run) {
    std::string options;
    for (const auto mode : model::all_modes()) {
        const bool there =
            std::any_of(run.cases.begin(), run.cases.end(), [mode](const auto& c) { return c.mode == mode; });
        if (there) options += fmt::format("<option>{}</option>", model::mode_name(mode));
    }
    return options;
}

/// Shown by the script only: without one it could do nothing.
std::string controls(const model::RunResult& run) {
    if (run.cases.empty()) return "";
    return fmt::format(
        "<form id=\"filter\" role=\"search\" aria-label=\"filter the tables\" hidden>\n"
        "<label>Search <input type=\"search\" id=\"words\" autocomplete=\"off\"></label>\n"
        "<label>Mode <select id=\"mode\"><option value=\"\">all</option>{}</select></label>\n"
        "<label><input type=\"checkbox\" id=\"bad\"> Only what did not pass</label>\n"
        "<button type=\"button\" id=\"fold\" aria-pressed=\"false\">Unfold all</button>\n"
        "<output id=\"shown\" aria-live=\"polite\"></output>\n</form>\n",
        modes_of(run));
}

std::string render(const model::RunResult& run) {
    const auto verdict = reports::verdict(run);
    const auto script = embedded("report.js");
    auto out = head_of(run, verdict, embedded("report.css"), script);
    std::string contents;
    std::string sections;
    for (const auto& section : kSections) {
        const auto body = section.body(run);
        if (body.empty()) continue;
        contents += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.title);
        sections += fmt::format(
            "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}"
            "</section>\n",
            section.id, section.title, body);
    }
    out += fmt::format(
        "<body>\n<a class=\"skip\" href=\"#content\">Skip to the results</a>\n<header class=\"{}\">\n"
        "<h1><span aria-hidden=\"true\">{}</span> {}</h1>\n<p>{}</p>\n</header>\n"
        "<nav aria-label=\"sections\">\n<ul>\n{}</ul>\n</nav>\n<main id=\"content\" tabindex=\"-1\">\n{}{}</main>\n"
        "<footer><p>Everything in here, and what is left out, is in <code>run.json</code>.</p></footer>\n"
        "<script>{}</script>\n</body>\n</html>\n",
        css_of(verdict.tone), sign_of(verdict.tone), verdict.word, escaped(verdict.text), contents, controls(run),
        sections, script);
    return out;
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"html", "report.html", "one page for people: timeline, stacks, latencies; works offline",
                           render};

}  // namespace callgate::reports::html
