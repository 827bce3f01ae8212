#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/packs.h"
#include "harness/model/arch.h"
#include "harness/ports/oracles.h"
#include "profiles/format.h"
#include "profiles/lint.h"
#include "reports/format.h"
#include "runners/record/recorder.h"
#include "runners/runner_kind.h"
#include "runners/trap_backend.h"
#include "scenarios/library.h"
#include "scenarios/step_kind.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <ostream>

namespace callgate::cli {

namespace {

using Row = std::pair<std::string, std::string>;

struct Listing {
    std::string_view name;
    std::string_view summary;
    std::function<std::vector<Row>(const Invocation&)> rows;
};

template <typename Registry>
std::vector<Row> rows_of(const Registry& registry) {
    std::vector<Row> rows;
    for (const auto* entry : registry) rows.emplace_back(entry->name, entry->summary);
    return rows;
}

/// What each can do, and cannot.
template <typename Kinds>
std::vector<Row> rows_with_limits(const Kinds& kinds) {
    std::vector<Row> rows;
    for (const auto* kind : kinds) {
        rows.emplace_back(kind->name, kind->summary);
        for (const auto limit : kind->limits) rows.emplace_back("", fmt::format("it {}", limit));
    }
    return rows;
}

std::vector<Row> archs() {
    std::vector<Row> rows;
    for (const auto& info : model::known_archs()) rows.emplace_back(info.oci_name, info.short_name);
    return rows;
}

std::vector<Row> scenarios_rows() {
    std::vector<Row> rows;
    for (const auto& scenario : scenarios::library()) rows.emplace_back(scenario.name, scenario.summary);
    return rows;
}

std::vector<Row> oracle_rows() {
    std::vector<Row> rows;
    for (const auto& oracle : ports::oracles()) rows.emplace_back(oracle.name, oracle.summary);
    return rows;
}

std::vector<Row> pack_rows(const Invocation& invocation) {
    std::vector<Row> rows;
    for (const auto& pack : packs(invocation.environment)) rows.emplace_back(pack.name, pack.summary);
    return rows;
}

std::vector<Row> lint_rows() {
    std::vector<Row> rows;
    for (const auto& rule : profiles::lint_rules()) {
        rows.emplace_back(rule.id,
                          fmt::format("{:<22}{:<9}{}", rule.name, core::severity_name(rule.severity), rule.summary));
    }
    return rows;
}

/// A listing that does not look at the invocation.
template <typename Rows>
auto always(Rows rows) {
    return [rows](const Invocation&) { return rows(); };
}

const std::array<Listing, 11>& listings() {
    static const std::array<Listing, 11> kListings{{
        {"steps", "kinds of step that a scenario is made of", always([] { return rows_of(scenarios::step_kinds()); })},
        {"scenarios", "ready scenarios, for `use:` in a plan", always(scenarios_rows)},
        {"packs", "ready plans with their profiles, for `callgate init --pack`", pack_rows},
        {"oracles", "what is looked at after every case, for `oracles:` in a plan", always(oracle_rows)},
        {"reports", "kinds of report, for --report", always([] { return rows_of(reports::formats()); })},
        {"formats", "profile formats that can be read", always([] { return rows_of(profiles::formats()); })},
        {"lint-rules", "what `callgate lint` looks for, with its severity", always(lint_rows)},
        {"runners", "ways of starting a workload", always([] { return rows_of(runners::runner_kinds()); })},
        {"traps", "ways of seeing refusals, for --trap",
         always([] { return rows_with_limits(runners::trap_backends()); })},
        {"recorders", "ways of recording system calls, for --recorder",
         always([] { return rows_with_limits(runners::recorder_kinds()); })},
        {"archs", "architectures that a profile may name", always(archs)},
    }};
    return kListings;
}

int run(const Invocation& invocation) {
    std::string kind;
    std::vector<std::string> kinds;
    std::string known = "KIND is one of:\n";
    for (const auto& listing : listings()) {
        kinds.emplace_back(listing.name);
        known += fmt::format("  {:<11}{}\n", listing.name, listing.summary);
    }
    CLI::App app{"List what callgate knows.", "callgate list"};
    app.add_option("kind", kind, "what to list")->required()->check(CLI::IsMember(kinds));
    app.footer(known);
    if (const auto code = parse(app, invocation)) return *code;
    const auto* found =
        std::find_if(listings().begin(), listings().end(), [&](const Listing& l) { return l.name == kind; });
    const auto rows = found->rows(invocation);
    std::size_t width = 0;
    for (const auto& row : rows) width = std::max(width, row.first.size());
    for (const auto& [name, summary] : rows) invocation.out << fmt::format("{:<{}}  {}\n", name, width, summary);
    return kOk;
}

}  // namespace

extern const Command list_command;
const Command list_command{"list", "list step kinds, scenarios, reports, formats and the like", run};

}  // namespace callgate::cli
