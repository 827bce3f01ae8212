#include "harness/plan/plan.h"

#include "harness/core/closest.h"
#include "harness/document/expand.h"
#include "harness/document/read.h"
#include "harness/model/call.h"
#include "harness/plan/date.h"
#include "harness/plan/read_oracles.h"
#include "harness/plan/read_scenarios.h"
#include "harness/plan/variables.h"
#include "harness/plan/wording.h"
#include "harness/plan/workload.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

namespace callgate::plan {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::string_view kVersion = "1";

void check_version(MappingReader& reader, core::Diagnostics& diagnostics) {
    const auto* version = reader.required("version");
    if (version == nullptr || (version->kind == Node::Kind::scalar && version->scalar == kVersion)) return;
    const auto text = version->kind == Node::Kind::scalar ? fmt::format("'{}'", version->scalar)
                                                          : std::string{document::kind_name(*version)};
    diagnostics.error(version->span, fmt::format("{} is not a version of the plan format", text),
                      fmt::format("this callgate reads version {}", kVersion));
}

std::vector<ProfileRef> read_profiles(const Node& node, const ports::Variables& variables,
                                      core::Diagnostics& diagnostics) {
    std::vector<ProfileRef> profiles;
    const auto expanded = document::expand(node, variables, diagnostics);
    const auto add = [&](const Node& item) {
        auto path = read_text(item, diagnostics);
        if (!path) return;
        if (std::any_of(profiles.begin(), profiles.end(), [&](const ProfileRef& p) { return p.path == *path; })) {
            diagnostics.error(item.span, fmt::format("profile '{}' stands in the list twice", *path));
            return;
        }
        profiles.push_back({std::move(*path), item.span});
    };
    if (expanded.kind != Node::Kind::sequence) {
        add(expanded);
    } else if (expanded.items.empty()) {
        diagnostics.error(node.span, "the list of profiles is empty");
    } else {
        for (const auto& item : expanded.items) add(item);
    }
    return profiles;
}

std::vector<model::Mode> read_modes(const Node& node, core::Diagnostics& diagnostics) {
    std::vector<std::string> known;
    for (const auto mode : model::all_modes()) known.emplace_back(model::mode_name(mode));
    if (node.kind == Node::Kind::sequence && node.items.empty()) {
        diagnostics.error(node.span, "the list of modes is empty", "leave 'modes' out for log, errno and enforce");
    }
    std::vector<model::Mode> modes;
    if (node.kind != Node::Kind::sequence) document::read_strings(node, diagnostics);
    for (const auto& item : node.items) {
        const auto name = document::read_string(item, diagnostics);
        if (!name) continue;
        const auto mode = model::mode_from_name(*name);
        if (!mode) {
            diagnostics.error(item.span, fmt::format("'{}' is not a mode", *name), core::suggestion(*name, known));
        } else if (std::find(modes.begin(), modes.end(), *mode) != modes.end()) {
            diagnostics.error(item.span, fmt::format("mode '{}' stands in the list twice", *name));
        } else {
            modes.push_back(*mode);
        }
    }
    return modes;
}

std::optional<ExpectedRefusal> read_refusal(const Node& node, core::Diagnostics& diagnostics) {
    MappingReader reader{node, "an expected refusal", diagnostics};
    ExpectedRefusal refusal;
    refusal.place = ports::place_of(node.span);
    if (const auto* name = reader.required("syscall")) {
        refusal.syscall = read_text(*name, diagnostics).value_or("");
        if (!refusal.syscall.empty() && !model::known_syscall(refusal.syscall)) {
            const auto near = model::closest_syscall(refusal.syscall);
            diagnostics.error(name->span, fmt::format("'{}' is not a system call", refusal.syscall),
                              near ? fmt::format("did you mean '{}'?", *near) : "");
            refusal.syscall.clear();
        }
    }
    if (const auto* reason = reader.required("reason")) refusal.reason = read_text(*reason, diagnostics).value_or("");
    if (const auto* until = reader.optional("until")) {
        refusal.until = read_text(*until, diagnostics);
        if (refusal.until && !is_date(*refusal.until)) {
            diagnostics.error(until->span, fmt::format("'{}' is not a date", *refusal.until),
                              "year, month and day, as 2027-01-31");
            refusal.until.reset();
        }
    }
    reader.finish();
    return refusal.syscall.empty() ? std::nullopt : std::optional{std::move(refusal)};
}

std::vector<ExpectedRefusal> read_expected(const Node& node, core::Diagnostics& diagnostics) {
    std::vector<ExpectedRefusal> expected;
    MappingReader reader{node, "expect", diagnostics};
    if (const auto* refused = reader.optional("refused")) {
        if (refused->kind != Node::Kind::sequence) {
            diagnostics.error(refused->span, fmt::format("{} stands where a list is wanted", kind_name(*refused)),
                              "as - {syscall: NAME, reason: TEXT}");
        }
        for (const auto& item : refused->items) {
            auto refusal = read_refusal(item, diagnostics);
            if (!refusal) continue;
            const auto before = std::find_if(expected.begin(), expected.end(), [&](const ExpectedRefusal& other) {
                return other.syscall == refusal->syscall;
            });
            if (before == expected.end()) {
                expected.push_back(std::move(*refusal));
            } else {
                diagnostics.error(item.span, fmt::format("system call '{}' is expected twice", refusal->syscall),
                                  fmt::format("it stands already in line {}", before->place.line));
            }
        }
    }
    reader.finish();
    return expected;
}

/// Says what was found, except where something was said already: one mistake makes one diagnostic, though it may spoil
/// more than one thing.
void report_new(const core::Diagnostics& found, core::Diagnostics& diagnostics) {
    std::set<std::pair<const void*, std::size_t>> reported;
    for (const auto& old : diagnostics.all()) reported.emplace(old.span.source.get(), old.span.begin);
    for (const auto& one : found.all()) {
        if (reported.contains({one.span.source.get(), one.span.begin})) continue;
        if (one.severity == core::Severity::error) diagnostics.error(one.span, one.message, one.hint);
        if (one.severity == core::Severity::warning) diagnostics.warning(one.span, one.message, one.hint);
    }
}

/// Expands and reads a workload without its `ready`, only to report what is wrong.
void check_workload(Node workload, const Plan& plan, const Environment& environment, core::Diagnostics& diagnostics) {
    for (auto& member : workload.members) {
        if (member.key == "ready") member.value = {};
    }
    const auto known = known_variables(plan, environment);
    core::Diagnostics in_variables;
    const auto expanded = document::expand(workload, known, in_variables);
    report_new(in_variables, diagnostics);
    core::Diagnostics in_workload;
    static_cast<void>(read_workload(expanded, plan, known, environment, in_workload));
    report_new(in_workload, diagnostics);
}

/// An override is read merged into the base, whose own mistakes are reported already.
void check_override(const Node& changes, const Plan& plan, const Environment& environment,
                    core::Diagnostics& diagnostics) {
    if (changes.find("ports") != nullptr) {
        diagnostics.error(key_span(changes, "ports"), "a scenario cannot change the ports",
                          "declare every port in the plan's workload");
    }
    check_workload(merge_workload(plan.workload, changes), plan, environment, diagnostics);
}

void check_workloads(const Plan& plan, const Environment& environment, core::Diagnostics& diagnostics) {
    check_workload(plan.workload, plan, environment, diagnostics);
    for (const auto& scenario : plan.scenarios) {
        const auto& changes = scenario.workload_override;
        if (!changes) continue;
        if (changes->kind == Node::Kind::mapping) {
            check_override(*changes, plan, environment, diagnostics);
        } else {
            MappingReader{*changes, "a workload override", diagnostics}.finish();
        }
    }
}

}  // namespace

std::optional<Plan> read_plan(const Node& root, const std::filesystem::path& directory, const Environment& environment,
                              core::Diagnostics& diagnostics) {
    MappingReader reader{root, "a plan", diagnostics};
    if (!reader.is_mapping()) return std::nullopt;

    Plan plan;
    // The directory of a plan named without one is "", which absolute() refuses.
    std::error_code error;
    plan.directory = std::filesystem::absolute(directory.empty() ? "." : directory, error).lexically_normal();
    if (error) plan.directory = directory;
    plan.source = root.span.source;

    check_version(reader, diagnostics);
    if (const auto* name = reader.required("name")) plan.name = read_display_name(*name, diagnostics).value_or("");
    const auto* workload = reader.required("workload");
    if (workload != nullptr) plan.workload = *workload;
    if (const auto* ports = plan.workload.find("ports")) {
        plan.ports = read_names(*ports, "a port name", diagnostics);
    }
    if (const auto* profile = reader.optional("profile")) {
        ports::Variables known{{"plan.dir", plan.directory.string()}};
        for (const auto& item : profile->items) add_environment(item.scalar, environment, known);
        add_environment(profile->scalar, environment, known);
        plan.profiles = read_profiles(*profile, known, diagnostics);
    }
    if (const auto* modes = reader.optional("modes")) plan.modes = read_modes(*modes, diagnostics);
    if (const auto* expect = reader.optional("expect")) plan.expected = read_expected(*expect, diagnostics);
    if (const auto* oracles = reader.optional("oracles")) plan.oracles = read_oracles(*oracles, diagnostics);
    if (const auto* scenarios = reader.optional("scenarios")) {
        plan.scenarios = read_scenarios(*scenarios, diagnostics);
    }
    reader.finish();
    if (workload != nullptr) check_workloads(plan, environment, diagnostics);
    return plan;
}

}  // namespace callgate::plan
