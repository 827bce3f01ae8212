#include "harness/cli/test_plan.h"

#include "harness/cli/names.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/document/expand.h"
#include "harness/plan/plan.h"
#include "harness/plan/variables.h"
#include "harness/plan/workload.h"
#include "scenarios/build.h"
#include "scenarios/library.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;
/// Besides the readiness, for what the workload leaves behind to go.
constexpr core::Milliseconds kStartTakes{5'000};

using SharedPlan = std::shared_ptr<const plan::Plan>;

/// The scenarios that one instance plays: those that share it, or the single one that has it to itself.
using Group = std::vector<const plan::ScenarioPlan*>;

/// Turns a plan, once ports and working directory are known, into what the engine runs.
class SessionBuilder {
public:
    SessionBuilder(SharedPlan plan, Group group, plan::Environment environment)
        : plan_{std::move(plan)}, group_{std::move(group)}, environment_{std::move(environment)} {}

    [[nodiscard]] std::optional<ports::Session> build(const ports::Variables& given,
                                                      core::Diagnostics& diagnostics) const {
        auto variables = plan::known_variables(*plan_, environment_);
        for (const auto& [name, value] : given) variables[name] = value;
        const auto* changes =
            group_.empty() || !group_.front()->workload_override ? nullptr : &*group_.front()->workload_override;
        const auto written = changes == nullptr ? plan_->workload : plan::merge_workload(plan_->workload, *changes);
        const auto expanded = document::expand(written, variables, diagnostics);
        auto read = plan::read_workload(expanded, *plan_, variables, environment_, diagnostics);
        // Mistakes in the workload must not hide those in the steps.
        auto workload = read ? std::move(*read) : ports::Workload{};

        scenarios::BuildContext context;
        if (const auto path = workload.env.find("PATH"); path != workload.env.end()) context.search_path = path->second;
        if (const auto* prepare = expanded.find("prepare"))
            workload.prepare = scenarios::build_commands(*prepare, diagnostics, context);
        if (const auto* ready = expanded.find("ready")) {
            workload.ready = scenarios::build_ready(*ready, diagnostics, context);
            if (workload.ready) workload.ready_within = workload.ready->limit();
            context.ready_within = workload.ready_within;
        }
        context.start_within = workload.ready_within + kStartTakes;
        context.stop_signal = workload.stop.signal;
        context.stop_within = workload.stop.within;
        if (const auto* check = expanded.find("check"))
            workload.check = scenarios::build_steps(*check, diagnostics, context);
        ports::Session session{std::move(workload), {}};
        for (const auto* scenario : group_)
            session.scenarios.push_back(build(*scenario, variables, context, diagnostics));
        return diagnostics.has_errors() ? std::nullopt : std::optional{std::move(session)};
    }

private:
    [[nodiscard]] static ports::Scenario build(const plan::ScenarioPlan& scenario, const ports::Variables& variables,
                                               const scenarios::BuildContext& context, core::Diagnostics& diagnostics) {
        auto written = scenario.steps;
        if (!scenario.use.empty()) {
            auto used = scenarios::instantiate(scenario.use, scenario.with, scenario.use_span, diagnostics);
            if (used) written = std::move(used->steps);
        }
        for (auto& step : written) step = document::expand(step, variables, diagnostics);
        return {scenario.name, scenario.place, scenarios::build_steps(written, diagnostics, context), scenario.within,
                scenario.oracles};
    }

    SharedPlan plan_;
    Group group_;
    plan::Environment environment_;
};

/// A library scenario may need a workload of its own; what the plan says about it counts more.
void take_over_workloads(plan::Plan& plan, core::Diagnostics& diagnostics) {
    for (auto& scenario : plan.scenarios) {
        if (scenario.use.empty()) continue;
        auto used = scenarios::instantiate(scenario.use, scenario.with, scenario.use_span, diagnostics);
        if (!used || !used->workload) continue;
        auto& own = scenario.workload_override;
        own = own ? plan::merge_workload(*used->workload, *own) : std::move(*used->workload);
    }
}

bool selected(const plan::ScenarioPlan& scenario, const Selection& selection) {
    const auto& globs = selection.scenarios;
    const auto has = [&](const std::string& tag) {
        return std::find(scenario.tags.begin(), scenario.tags.end(), tag) != scenario.tags.end();
    };
    if (selection.no_scenarios) return false;
    if (std::any_of(selection.without_tags.begin(), selection.without_tags.end(), has)) return false;
    if (!selection.tags.empty() && std::none_of(selection.tags.begin(), selection.tags.end(), has)) return false;
    return globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
               return ::fnmatch(glob.c_str(), scenario.name.c_str(), 0) == 0;
           });
}

/// The instances that a plan needs: one that most scenarios share, and one for each with a workload of its own.
std::vector<Group> group(const plan::Plan& plan, const Selection& selection) {
    std::vector<Group> groups(1);
    for (const auto& scenario : plan.scenarios) {
        if (!selected(scenario, selection)) continue;
        if (scenario.workload_override) {
            groups.push_back({&scenario});
        } else {
            groups.front().push_back(&scenario);
        }
    }
    // The shared instance has verdicts of its own, startup and shutdown, unless every selected scenario brings its own.
    if (groups.front().empty() && groups.size() > 1) groups.erase(groups.begin());
    return groups;
}

std::optional<engine::InstancePlan> instance_plan(const SharedPlan& plan, const Group& group,
                                                  const plan::Environment& environment, TestPlan& test,
                                                  core::Diagnostics& diagnostics) {
    const SessionBuilder builder{plan, group, environment};
    auto tried = builder.build({}, diagnostics);
    if (!tried) return std::nullopt;
    test.workloads.push_back(std::move(tried->workload));

    engine::InstancePlan instance;
    if (!group.empty() && group.front()->workload_override) instance.owner = group.front()->name;
    for (const auto* scenario : group) {
        instance.scenarios.push_back(scenario->name);
        instance.places.push_back(scenario->place);
    }
    const auto position = plan->workload.span.position();
    instance.workload_place = {plan->workload.span.file(), position.line, position.column};
    instance.ports = plan->ports;
    instance.build = [builder](const ports::Variables& variables) -> core::Result<ports::Session> {
        core::Diagnostics problems;
        auto session = builder.build(variables, problems);
        if (!session) return core::fail("the plan cannot be built here:\n" + core::render(problems));
        return std::move(*session);
    };
    return instance;
}

/// Named as a command typed here would name it.
std::string named_from_here(const fs::path& path) {
    return path.lexically_normal().lexically_proximate(fs::current_path());
}

void load_candidates(const plan::Plan& plan, const Selection& selection, TestPlan& test,
                     core::Diagnostics& diagnostics) {
    const auto load = [&](const std::string& path, const std::string& name, const core::Span& from) {
        if (auto loaded = load_candidate(path, name, from, selection.reading, diagnostics))
            test.candidates.push_back(std::move(*loaded));
    };
    for (const auto& path : selection.profiles) load(path, path, {});
    if (!selection.profiles.empty()) return;
    for (const auto& profile : plan.profiles) {
        // So that the diff applies here.
        const auto path = plan.directory / profile.path;
        load(path.lexically_normal(), named_from_here(path), profile.span);
    }
    if (plan.profiles.empty()) {
        diagnostics.error(plan.workload.span, "the plan names no profile",
                          "add `profile: FILE`, or give --profile FILE");
    }
}

void list_inputs(const core::SourceText& plan, TestPlan& test) {
    test.inputs.push_back({plan.name, core::sha256(plan.text)});
    for (const auto& candidate : test.candidates) test.inputs.push_back(candidate.input);
    // Instances share most of their files.
    std::set<std::string> listed;
    for (const auto& workload : test.workloads) {
        for (const auto& file : workload.files) {
            if (!file.source || !listed.insert(file.source->path).second) continue;
            test.inputs.push_back({named_from_here(file.source->path), file.source->sha256});
        }
    }
}

void expect_refusals(const plan::Plan& plan, const std::string& today, TestPlan& test) {
    for (const auto& expected : plan.expected) {
        if (expected.until && *expected.until < today) {
            test.notes.push_back(fmt::format("{}:{}: the refusal of {} was expected until {} and no longer is",
                                             expected.place.file, expected.place.line, expected.syscall,
                                             *expected.until));
            continue;
        }
        test.run.expected.push_back({expected.syscall, expected.reason});
    }
}

void add_suites(const std::vector<engine::InstancePlan>& instances, const std::vector<model::Mode>& modes,
                TestPlan& test) {
    const auto has = [&](model::Mode mode) { return std::find(modes.begin(), modes.end(), mode) != modes.end(); };
    if (has(model::Mode::baseline)) test.run.suites.push_back({nullptr, model::Mode::baseline, instances, {}});
    for (const auto& candidate : test.candidates) {
        for (const auto mode : modes) {
            if (mode != model::Mode::baseline) test.run.suites.push_back({candidate.candidate, mode, instances, {}});
        }
    }
}

}  // namespace

void declare_scenarios(CLI::App& app, Selection& selection) {
    const auto declare = [&](const char* option, std::vector<std::string>& into, const char* what) {
        app.add_option(option, into, what)->take_all()->allow_extra_args(false);
    };
    declare("-s,--scenario", selection.scenarios, "only scenarios whose name matches the glob; may be repeated");
    declare("--tag", selection.tags, "only scenarios with this tag; may be repeated: any of them");
    declare("--without-tag", selection.without_tags, "no scenario with this tag; may be repeated");
}

std::optional<TestPlan> load_test_plan(const std::string& path, const Selection& selection,
                                       const std::map<std::string, std::string>& environment, const std::string& today,
                                       core::Diagnostics& diagnostics) {
    auto text = core::read_file(path);
    if (!text) {
        diagnostics.error({}, "plan: " + text.error().message);
        return std::nullopt;
    }
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{path, std::move(*text)});
    const auto documents = document::parse_yaml(source, diagnostics);
    if (!documents) return std::nullopt;
    if (documents->size() != 1) {
        diagnostics.error({source, 0, 0},
                          fmt::format("a plan is one YAML document, this file holds {}", documents->size()));
        return std::nullopt;
    }
    auto read = plan::read_plan(documents->front(), fs::path{path}.parent_path(), environment, diagnostics);
    if (!read) return std::nullopt;
    take_over_workloads(*read, diagnostics);
    const auto plan = std::make_shared<const plan::Plan>(std::move(*read));

    TestPlan test;
    test.run.workload = plan->name;
    test.run.file = path;
    test.run.never_let_through = never_let_through_but(selection.let_through);
    test.run.oracles = plan->oracles;
    test.has_scenarios = !plan->scenarios.empty();
    if (!selection.no_profile) load_candidates(*plan, selection, test, diagnostics);
    expect_refusals(*plan, today, test);
    std::vector<engine::InstancePlan> instances;
    for (const auto& members : group(*plan, selection)) {
        test.selected_scenarios += members.size();
        if (auto instance = instance_plan(plan, members, environment, test, diagnostics))
            instances.push_back(std::move(*instance));
    }
    if (diagnostics.has_errors()) return std::nullopt;
    list_inputs(*source, test);
    add_suites(instances, selection.modes.empty() ? plan->modes : selection.modes, test);
    test.run.reference_instances = std::move(instances);
    return test;
}

}  // namespace callgate::cli
