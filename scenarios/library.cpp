#include "scenarios/library.h"

#include "harness/core/closest.h"
#include "harness/core/result.h"
#include "harness/document/expand.h"
#include "harness/document/read.h"
#include "scenarios/embedded.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace callgate::scenarios {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::string_view kPrefix = "with.";

Parameter read_parameter(const document::Member& member, core::Diagnostics& diagnostics) {
    Parameter parameter;
    parameter.name = member.key;
    MappingReader reader{member.value, "a parameter", diagnostics};
    if (const auto* summary = reader.required("summary")) {
        parameter.summary = document::read_string(*summary, diagnostics).value_or("");
    }
    const auto* usual = reader.optional("default");
    if (usual != nullptr) parameter.usual = *usual;
    const bool needed = reader.boolean("required").value_or(false);
    if (needed == parameter.usual.has_value()) {
        diagnostics.error(member.key_span,
                          fmt::format("parameter '{}' has either 'default' or 'required: true'", member.key));
    }
    reader.finish();
    return parameter;
}

/// Puts the parameters into a tree. A scalar that is nothing but `${with.NAME}` becomes the value itself, a list or a
/// mapping too; inside longer text the value's text is put in. What is not a parameter's stands at `span` afterwards.
class Instance {
public:
    Instance(const std::map<std::string, Node>& values, const core::Span& span, core::Diagnostics& diagnostics)
        : values_{values}, span_{span}, diagnostics_{diagnostics} {
        for (const auto& [name, value] : values) texts_.emplace(std::string{kPrefix} + name, value.scalar);
    }

    Node put_in(const Node& node) {
        if (node.kind == Node::Kind::scalar) {
            const auto found = values_.find(only_parameter(node.scalar));
            if (found != values_.end()) return found->second;
        }
        auto out = node;
        if (node.kind == Node::Kind::scalar) out = document::expand(node, texts_, diagnostics_);
        out.span = span_;
        for (auto& item : out.items) item = put_in(item);
        for (auto& member : out.members) {
            member.key_span = span_;
            member.value = put_in(member.value);
        }
        return out;
    }

private:
    static std::string only_parameter(std::string_view text) {
        constexpr std::string_view kOpen = "${with.";
        if (!text.starts_with(kOpen) || text.find('}') != text.size() - 1) return {};
        return std::string{text.substr(kOpen.size(), text.size() - kOpen.size() - 1)};
    }

    const std::map<std::string, Node>& values_;
    std::map<std::string, std::string> texts_;
    const core::Span& span_;
    core::Diagnostics& diagnostics_;
};

std::vector<LibraryScenario> read_library() {
    std::vector<LibraryScenario> scenarios;
    for (const auto& file : embedded_files()) {
        core::Diagnostics diagnostics;
        const auto source = std::make_shared<const core::SourceText>(
            core::SourceText{fmt::format("scenarios/library/{}", file.name), std::string{file.text}});
        auto scenario = read_library_scenario(source, diagnostics);
        core::ensure(scenario.has_value(), fmt::format("{} is a scenario: {}", file.name, core::render(diagnostics)));
        scenarios.push_back(std::move(*scenario));
    }
    return scenarios;
}

/// A span in the text of a library is nothing to a person: defaults stand where the scenario is used.
Node moved(Node node, const core::Span& span) {
    node.span = span;
    for (auto& item : node.items) item = moved(std::move(item), span);
    for (auto& member : node.members) {
        member.key_span = span;
        member.value = moved(std::move(member.value), span);
    }
    return node;
}

}  // namespace

const std::vector<LibraryScenario>& library() {
    static const std::vector<LibraryScenario> scenarios = read_library();
    return scenarios;
}

std::optional<LibraryScenario> read_library_scenario(const document::Source& source, core::Diagnostics& diagnostics) {
    const auto documents = document::parse_yaml(source, diagnostics);
    if (!documents) return std::nullopt;
    if (documents->size() != 1) {
        diagnostics.error({source, 0, 0}, "a library file holds one scenario");
        return std::nullopt;
    }
    LibraryScenario scenario;
    MappingReader reader{documents->front(), "a library scenario", diagnostics};
    if (const auto* name = reader.required("name"))
        scenario.name = document::read_string(*name, diagnostics).value_or("");
    if (const auto* summary = reader.required("summary")) {
        scenario.summary = document::read_string(*summary, diagnostics).value_or("");
    }
    if (const auto* parameters = reader.optional("parameters")) {
        for (const auto& member : parameters->members)
            scenario.parameters.push_back(read_parameter(member, diagnostics));
    }
    if (const auto* steps = reader.required("steps")) scenario.steps = steps->items;
    if (const auto* workload = reader.optional("workload")) scenario.workload = *workload;
    reader.finish();
    return diagnostics.has_errors() ? std::nullopt : std::optional{std::move(scenario)};
}

std::optional<UsedScenario> instantiate(std::string_view name, const std::map<std::string, Node>& with,
                                        const core::Span& span, core::Diagnostics& diagnostics) {
    const auto& all = library();
    const auto found = std::find_if(all.begin(), all.end(), [&](const LibraryScenario& s) { return s.name == name; });
    if (found == all.end()) {
        std::vector<std::string> names;
        names.reserve(all.size());
        for (const auto& scenario : all) names.push_back(scenario.name);
        diagnostics.error(span, fmt::format("no scenario '{}' in the library", name), core::suggestion(name, names));
        return std::nullopt;
    }
    bool complete = true;
    std::map<std::string, Node> values;
    std::vector<std::string> known;
    for (const auto& parameter : found->parameters) {
        known.push_back(parameter.name);
        const auto given = with.find(parameter.name);
        if (given != with.end()) {
            values.emplace(parameter.name, given->second);
        } else if (parameter.usual) {
            values.emplace(parameter.name, moved(*parameter.usual, span));
        } else {
            diagnostics.error(span, fmt::format("scenario '{}' needs the parameter '{}'", name, parameter.name),
                              fmt::format("{}; write with: {{{}: ...}}", parameter.summary, parameter.name));
            complete = false;
        }
    }
    for (const auto& [key, value] : with) {
        if (values.contains(key)) continue;
        diagnostics.error(value.span, fmt::format("scenario '{}' does not know the parameter '{}'", name, key),
                          core::suggestion(key, known));
        complete = false;
    }
    if (!complete) return std::nullopt;
    Instance instance{values, span, diagnostics};
    UsedScenario used;
    for (const auto& step : found->steps) used.steps.push_back(instance.put_in(step));
    if (found->workload) used.workload = instance.put_in(*found->workload);
    return used;
}

}  // namespace callgate::scenarios
