#include "harness/plan/workload.h"

#include "harness/document/read.h"
#include "harness/plan/read_files.h"
#include "harness/plan/wording.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace callgate::plan {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::string_view kCleanPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr int kLargestExitStatus = 255;

bool is_variable_name(std::string_view name) {
    const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
           std::all_of(name.begin(), name.end(), fits);
}

std::vector<std::string> read_command(const Node& node, core::Diagnostics& diagnostics) {
    if (node.kind != Node::Kind::sequence) return document::read_strings(node, diagnostics);
    if (node.items.empty()) {
        diagnostics.error(node.span, "the command is empty", "a program and its arguments, as [nginx, -c, nginx.conf]");
    }
    std::vector<std::string> command;
    for (const auto& item : node.items) {
        const bool program = &item == &node.items.front();
        if (auto text = read_text(item, diagnostics, !program)) command.push_back(std::move(*text));
    }
    return command;
}

void read_env(const Node& node, std::map<std::string, std::string>& env, core::Diagnostics& diagnostics) {
    if (node.kind != Node::Kind::mapping) {
        diagnostics.error(node.span, fmt::format("{} stands where variables are wanted", kind_name(node)),
                          "a mapping of names to values, as {LANG: C.UTF-8}");
    }
    for (const auto& [name, name_span, value] : node.members) {
        if (!is_variable_name(name)) {
            diagnostics.error(name_span, fmt::format("'{}' is not a variable's name", name),
                              "letters, digits and '_', no digit in front");
        } else if (value.kind == Node::Kind::null) {
            diagnostics.error(name_span, fmt::format("variable '{}' has no value", name),
                              "write \"\" for an empty one");
        } else if (auto text = read_text(value, diagnostics, true)) {
            env[name] = std::move(*text);
        }
    }
}

void inherit(const Node& node, const Environment& environment, std::map<std::string, std::string>& env,
             core::Diagnostics& diagnostics) {
    for (const auto& name : read_names(node, "a variable's name", diagnostics)) {
        const auto found = environment.find(name);
        if (found != environment.end()) env[name] = found->second;
    }
}

std::optional<model::ProcessEnd> read_end(const Node& node, core::Diagnostics& diagnostics) {
    using Kind = model::ProcessEnd::Kind;
    MappingReader reader{node, "the expected end", diagnostics};
    const auto* exit = reader.optional("exit");
    const auto* signal = reader.optional("signal");
    reader.finish();
    if (!exactly_one_of(node, "the expected end", {"exit", "signal"}, diagnostics)) return std::nullopt;
    if (signal != nullptr) {
        const auto number = ports::read_signal(*signal, diagnostics);
        return number ? std::optional{model::ProcessEnd{Kind::signaled, *number}} : std::nullopt;
    }
    const auto status = document::read_integer(*exit, 0, kLargestExitStatus, diagnostics);
    return status ? std::optional{model::ProcessEnd{Kind::exited, static_cast<int>(*status)}} : std::nullopt;
}

ports::StopSpec read_stop(const Node& node, core::Diagnostics& diagnostics) {
    ports::StopSpec stop;
    MappingReader reader{node, "stop", diagnostics};
    if (const auto* signal = reader.optional("signal")) {
        stop.signal = ports::read_signal(*signal, diagnostics).value_or(stop.signal);
    }
    if (const auto* within = reader.optional("within")) {
        stop.within = ports::read_positive_duration(*within, diagnostics).value_or(stop.within);
    }
    if (const auto* expect = reader.optional("expect")) stop.expect = read_end(*expect, diagnostics);
    reader.finish();
    return stop;
}

std::size_t error_count(const core::Diagnostics& diagnostics) {
    const auto& all = diagnostics.all();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const core::Diagnostic& d) { return d.severity == core::Severity::error; }));
}

}  // namespace

std::optional<ports::Workload> read_workload(const Node& expanded, const Plan& plan, const ports::Variables& variables,
                                             const Environment& environment, core::Diagnostics& diagnostics) {
    const auto errors_before = error_count(diagnostics);
    MappingReader reader{expanded, "workload", diagnostics};
    if (!reader.is_mapping()) return std::nullopt;

    const auto found = variables.find("workdir");
    const std::string workdir = found == variables.end() ? std::string{} : found->second;
    ports::Workload workload;
    workload.env = {{"PATH", std::string{kCleanPath}}, {"HOME", workdir}, {"TMPDIR", workdir}, {"LANG", "C.UTF-8"}};
    if (const auto* command = reader.required("command")) workload.command = read_command(*command, diagnostics);
    // Read with the plan, since `${port.NAME}` needs them; what holds steps is the step kinds' business.
    static_cast<void>(reader.optional("ports"));
    for (const auto* steps : {"prepare", "ready", "check"}) static_cast<void>(reader.optional(steps));
    if (const auto* files = reader.optional("files")) {
        workload.files = read_files(*files, {plan.directory, workdir, variables, environment}, diagnostics);
    }
    if (const auto* names = reader.optional("inherit")) inherit(*names, environment, workload.env, diagnostics);
    if (const auto* env = reader.optional("env")) read_env(*env, workload.env, diagnostics);
    if (const auto* user = reader.optional("user")) workload.user = read_text(*user, diagnostics).value_or("");
    if (const auto* stop = reader.optional("stop")) workload.stop = read_stop(*stop, diagnostics);
    reader.finish();
    if (error_count(diagnostics) != errors_before) return std::nullopt;
    return workload;
}

document::Node merge_workload(const Node& base, const Node& changes) {
    Node merged = base;
    const auto place = [](Node& mapping, const document::Member& change) {
        const auto same = std::find_if(mapping.members.begin(), mapping.members.end(),
                                       [&](const document::Member& member) { return member.key == change.key; });
        if (same == mapping.members.end()) {
            mapping.members.push_back(change);
        } else {
            *same = change;
        }
    };
    for (const auto& change : changes.members) {
        const auto* before = base.find(change.key);
        if (change.key != "env" || before == nullptr || before->kind != Node::Kind::mapping ||
            change.value.kind != Node::Kind::mapping) {
            place(merged, change);
            continue;
        }
        auto env = change;
        env.value = *before;
        for (const auto& variable : change.value.members) place(env.value, variable);
        place(merged, env);
    }
    return merged;
}

}  // namespace callgate::plan
