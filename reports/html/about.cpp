#include "reports/html/markup.h"
#include "reports/html/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace callgate::reports::html {

namespace {

constexpr std::size_t kMostInputs = 200;
constexpr std::size_t kMostWord = 1024;
constexpr std::size_t kMostWords = 200;

std::string row(std::string_view name, const std::string& markup) {
    return markup.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, markup);
}

}  // namespace

std::string about(const model::RunResult& run) {
    std::string command;
    for (std::size_t i = 0; i < std::min(run.command.size(), kMostWords); ++i)
        command += (i == 0 ? "" : " ") + shown(run.command[i], kMostWord);
    if (run.command.size() > kMostWords) command += fmt::format(" … and {} more", run.command.size() - kMostWords);
    const auto host = fmt::format("{} {}", run.kernel, run.machine);
    auto out = "<dl>\n" + row("Command", command.empty() ? "" : fmt::format("<code>{}</code>", escaped(command))) +
               row("Directory", code(run.directory)) +
               row("Started", run.started_at.empty() ? "" : text(run.started_at) + " UTC") +
               row("Took", duration_words(run.duration)) +
               row("Host", run.kernel.empty() ? "" : "Linux " + text(host)) + row("callgate", text(run.version)) +
               row("Exit code", std::to_string(model::exit_code(run))) + "</dl>\n";
    std::string inputs;
    const auto some = std::min(run.inputs.size(), kMostInputs);
    for (std::size_t i = 0; i < some; ++i)
        inputs += fmt::format("<li>{} <small>{}</small></li>\n", code(run.inputs[i].path), text(run.inputs[i].sha256));
    if (some < run.inputs.size())
        inputs += fmt::format("<li>{} more in <code>run.json</code></li>\n", run.inputs.size() - some);
    if (!inputs.empty()) out += folded("Files it was made from, with their SHA-256", "<ul>\n" + inputs + "</ul>\n");
    return out;
}

}  // namespace callgate::reports::html
