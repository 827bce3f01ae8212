#include "profiles/score.h"

#include "harness/cli/command.h"
#include "harness/cli/filter.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "profiles/score_report.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <ostream>

namespace callgate::cli {

namespace {

struct ScoreOptions {
    std::vector<std::string> profiles;
    std::vector<std::string> against;
    std::optional<std::size_t> max_permitted;
    std::vector<std::string> no_classes;
    std::string format = "text";
    ProfileOptions reading;
};

void declare(CLI::App& app, ScoreOptions& options) {
    app.add_option("profile", options.profiles, "the profiles, or compiled filters")->required()->expected(1, -1);
    app.add_option("--against", options.against,
                   "another profile: which calls are permitted here and not there, and the other way; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--max-permitted", options.max_permitted,
                   "exit 1 when more calls than this are permitted on an architecture, under conditions or not");
    app.add_option(
           "--no-class", options.no_classes,
           "exit 1 when a dangerous call of this class is permitted: kernel, host, bypass, mounts, namespaces,\n"
           "processes, devices, terminal, surface; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--format", options.format, "how to print it")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.footer(
        "Counts, for each architecture, the calls that the compiled filter permits always, under conditions on their\n"
        "arguments, and never, of all that the newest known kernel has; the dangerous ones by class; and how many\n"
        "the default profiles of container engines permit. A call counts as permitted when it happens with some\n"
        "arguments: that is proven, not sampled.\n\n"
        "exit codes: 0 every gate is passed, 1 one is not, 2 unusable input");
}

std::optional<profiles::Gates> gates_of(const ScoreOptions& options, const Invocation& invocation) {
    profiles::Gates gates;
    gates.max_permitted = options.max_permitted;
    for (const auto& word : options.no_classes) {
        const auto reaches = profiles::class_named(word);
        if (!reaches) {
            std::vector<std::string_view> names;
            for (const auto one : profiles::risk_classes()) names.push_back(name_of(one));
            complain(invocation, fmt::format("--no-class: '{}' is no class: one of {}", word, fmt::join(names, ", ")));
            return std::nullopt;
        }
        gates.no_classes.push_back(*reaches);
    }
    return gates;
}

std::optional<std::vector<profiles::Filter>> load(const std::vector<std::string>& paths, const ProfileOptions& reading,
                                                  core::Diagnostics& diagnostics) {
    std::vector<profiles::Filter> filters;
    for (const auto& path : paths) {
        if (auto filter = load_filter(path, reading, diagnostics)) filters.push_back(std::move(*filter));
    }
    if (filters.size() != paths.size()) return std::nullopt;
    return filters;
}

int run(const Invocation& invocation) {
    ScoreOptions options;
    CLI::App app{"Count what a profile permits.", "callgate score"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return *code;
    const auto gates = gates_of(options, invocation);
    if (!gates) return kUnusable;

    core::Diagnostics diagnostics;
    const auto filters = load(options.profiles, options.reading, diagnostics);
    const auto others = load(options.against, options.reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!filters || !others) return kUnusable;
    profiles::ScoreReport report;
    for (const auto& filter : *filters) {
        auto scored = profiles::score(filter, *others);
        if (!scored) return complain(invocation, scored.error().message);
        auto over = profiles::exceeded(*scored, *gates);
        std::move(over.begin(), over.end(), std::back_inserter(report.exceeded));
        report.scores.push_back(std::move(*scored));
    }
    invocation.out << (options.format == "json"       ? render_json(report)
                       : options.format == "markdown" ? render_markdown(report)
                                                      : render_text(report));
    return report.exceeded.empty() ? kOk : kFindings;
}

}  // namespace

extern const Command score_command;
const Command score_command{"score", "count what a profile permits, with gates", run};

}  // namespace callgate::cli
