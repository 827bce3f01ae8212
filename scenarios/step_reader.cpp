#include "scenarios/step_reader.h"

#include "harness/core/closest.h"
#include "harness/ports/read.h"
#include "scenarios/command.h"
#include "scenarios/step_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace callgate::scenarios {

namespace {

using document::Node;

constexpr std::string_view kNameKey = "name";

/// Nobody waits longer for anything.
constexpr core::Milliseconds kLongestLimit{std::int64_t{7} * 24 * 3'600'000};

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const auto* kind : step_kinds()) names.emplace_back(kind->name);
    return names;
}

const StepKind* find_kind(std::string_view name) {
    const auto kinds = step_kinds();
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const StepKind* k) { return k->name == name; });
    return found == kinds.end() ? nullptr : *found;
}

/// The one kind whose key stands in the step; null after reporting that there is none, or more than one.
const document::Member* kind_member(const Node& node, core::Diagnostics& diagnostics) {
    const document::Member* found = nullptr;
    for (const auto& member : node.members) {
        if (find_kind(member.key) == nullptr) continue;
        if (found != nullptr) {
            diagnostics.error(member.key_span,
                              fmt::format("a step does one thing: '{}' and '{}'", found->key, member.key),
                              "make two steps of it: write - in front of each");
            return nullptr;
        }
        found = &member;
    }
    if (found != nullptr) return found;
    const auto unknown = std::find_if(node.members.begin(), node.members.end(),
                                      [](const document::Member& m) { return m.key != kNameKey; });
    if (unknown == node.members.end()) {
        diagnostics.error(node.span, "a step without a kind", core::suggestion("", kind_names()));
    } else {
        diagnostics.error(unknown->key_span, fmt::format("'{}' is not a kind of step", unknown->key),
                          core::suggestion(unknown->key, kind_names()));
    }
    return nullptr;
}

}  // namespace

ports::StepPtr StepReader::step(const Node& node) {
    if (node.kind != Node::Kind::mapping) {
        diagnostics_.error(node.span, fmt::format("{} stands where a step is wanted", kind_name(node)),
                           "a kind and what it needs, as - sleep: 500ms");
        return nullptr;
    }
    const auto* member = kind_member(node, diagnostics_);
    if (member == nullptr) return nullptr;
    const auto* kind = find_kind(member->key);

    document::MappingReader reader{node, fmt::format("a step '{}'", kind->name), diagnostics_};
    static_cast<void>(reader.optional(kind->name));
    const auto* companion = kind->companion.empty() ? nullptr : reader.required(kind->companion);
    const bool incomplete = companion == nullptr && !kind->companion.empty();
    const StepSource source{member->value, companion, node, reader.string(kNameKey).value_or(""),
                            ports::place_of(node.span)};
    reader.finish();
    auto step = kind->read(source, *this, diagnostics_);
    return incomplete ? nullptr : step;
}

std::vector<ports::StepPtr> StepReader::steps(const Node& list) {
    const bool outer = std::exchange(in_background_, false);
    std::vector<ports::StepPtr> steps;
    if (list.kind != Node::Kind::sequence) {
        diagnostics_.error(list.span, fmt::format("{} stands where a list of steps is wanted", kind_name(list)),
                           list.kind == Node::Kind::mapping ? "write - in front of the step" : "");
    } else if (list.items.empty()) {
        diagnostics_.error(list.span, "the list of steps is empty");
    }
    for (const auto& item : list.items) {
        if (auto one = step(item)) steps.push_back(std::move(one));
    }
    in_background_ = outer;
    return steps;
}

std::vector<ports::StepPtr> StepReader::background(const Node& one_or_list) {
    const bool outer = std::exchange(in_background_, true);
    std::vector<ports::StepPtr> steps;
    const auto add = [&](const Node& node) {
        if (auto one = step(node)) steps.push_back(std::move(one));
        in_background_ = true;
    };
    if (one_or_list.kind != Node::Kind::sequence) {
        add(one_or_list);
    } else if (one_or_list.items.empty()) {
        diagnostics_.error(one_or_list.span, "the list of steps is empty");
    } else {
        for (const auto& item : one_or_list.items) add(item);
    }
    in_background_ = outer;
    return steps;
}

core::Span key_span(const Node& mapping, std::string_view key) {
    const auto found = std::find_if(mapping.members.begin(), mapping.members.end(),
                                    [&](const document::Member& member) { return member.key == key; });
    return found == mapping.members.end() ? mapping.span : found->key_span;
}

core::Milliseconds read_within(document::MappingReader& reader, std::string_view key, core::Milliseconds otherwise,
                               core::Diagnostics& diagnostics) {
    const auto* within = reader.optional(key);
    return within == nullptr ? otherwise : ports::read_positive_duration(*within, diagnostics).value_or(otherwise);
}

std::vector<std::string> read_command(const Node& node, const BuildContext& context, core::Diagnostics& diagnostics) {
    auto command = document::read_strings(node, diagnostics);
    if (node.kind != Node::Kind::sequence) return {};
    if (command.empty() || command.front().empty()) {
        diagnostics.error(node.span, "the command is empty", "a program and its arguments, as [pgbench, -c, \"4\"]");
        return {};
    }
    if (std::any_of(command.begin(), command.end(),
                    [](const std::string& word) { return word.find('\0') != std::string::npos; })) {
        diagnostics.error(node.span, "a zero byte stands in the command");
        return {};
    }
    // A relative path means the working directory, which does not exist yet.
    const auto& program = command.front();
    const bool relative = !program.starts_with('/') && program.find('/') != std::string::npos;
    if (!context.search_path.empty() && !relative && !find_program(program, context.search_path)) {
        diagnostics.warning(node.items.front().span, missing_program(program, context.search_path));
    }
    return command;
}

std::size_t error_count(const core::Diagnostics& diagnostics) {
    const auto& all = diagnostics.all();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const core::Diagnostic& d) { return d.severity == core::Severity::error; }));
}

core::Milliseconds add_limits(core::Milliseconds a, core::Milliseconds b) {
    return std::min(a + b, kLongestLimit);
}

core::Milliseconds multiply_limit(core::Milliseconds limit, std::int64_t times) {
    if (limit.count() <= 0 || times <= 0) return core::Milliseconds{0};
    return times > kLongestLimit / limit ? kLongestLimit : limit * times;
}

core::Milliseconds sum_of_limits(const std::vector<ports::StepPtr>& steps) {
    core::Milliseconds sum{0};
    for (const auto& step : steps) sum = add_limits(sum, step->limit());
    return sum;
}

}  // namespace callgate::scenarios
