#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/aftermath.h"
#include "scenarios/step_reader.h"

#include <fmt/format.h>

#include <array>

namespace callgate::scenarios {

namespace {

using document::MappingReader;
using document::Node;
using Kind = Consequence::Kind;

constexpr core::Milliseconds kUsualWithin{5'000};
/// A crash by a signal shows at once, a leak of a reload within moments.
constexpr core::Milliseconds kStillRuns{300};
constexpr int kLargestExitStatus = 255;

/// `key: true`; anything but true says nothing that could be waited for.
bool read_true(MappingReader& reader, const std::string& key, core::Diagnostics& diagnostics) {
    const auto* node = reader.optional(key);
    if (node == nullptr) return false;
    const auto value = document::read_bool(*node, diagnostics);
    if (value && !*value)
        diagnostics.error(node->span, fmt::format("'{}: false' expects nothing", key), "leave it out");
    return value.value_or(false);
}

std::optional<model::ProcessEnd> read_end(const Node& node, core::Diagnostics& diagnostics) {
    if (node.scalar.starts_with("SIG")) {
        const auto number = ports::read_signal(node, diagnostics);
        return number ? std::optional{model::ProcessEnd{model::ProcessEnd::Kind::signaled, *number}} : std::nullopt;
    }
    const auto status = document::read_integer(node, 0, kLargestExitStatus, diagnostics);
    return status ? std::optional{model::ProcessEnd{model::ProcessEnd::Kind::exited, static_cast<int>(*status)}}
                  : std::nullopt;
}

core::Milliseconds read_running(const Node& node, core::Diagnostics& diagnostics) {
    if (node.scalar != "true") return ports::read_positive_duration(node, diagnostics).value_or(kStillRuns);
    return kStillRuns;
}

void read_file_change(const Node& node, Consequence& wanted, core::Diagnostics& diagnostics) {
    MappingReader reader{node, "file", diagnostics};
    if (const auto* path = reader.required("path")) {
        wanted.text = document::read_string(*path, diagnostics).value_or("");
        if (wanted.text.empty() && path->kind == Node::Kind::scalar) diagnostics.error(path->span, "the path is empty");
    }
    int changes = 0;
    const std::array<std::pair<const char*, Consequence::Change>, 3> kinds{{
        {"appears", Consequence::Change::appears},
        {"grows", Consequence::Change::grows},
        {"changes", Consequence::Change::changes},
    }};
    for (const auto& [key, change] : kinds) {
        if (node.find(key) != nullptr) ++changes;
        if (read_true(reader, key, diagnostics)) wanted.change = change;
    }
    if (changes != 1 && reader.is_mapping()) {
        diagnostics.error(
            node.span,
            fmt::format("file has {} of 'appears', 'grows', 'changes'", changes == 0 ? "none" : "more than one"),
            "one of them, as appears: true");
    }
    reader.finish();
}

void read_one(const Node& node, const Target& target, std::vector<Consequence>& all, core::Diagnostics& diagnostics) {
    MappingReader reader{node, "expect", diagnostics};
    if (!reader.is_mapping()) return;
    const auto within = read_within(reader, "within", kUsualWithin, diagnostics);
    const auto before = all.size();
    const auto add = [&](Kind kind) -> Consequence& {
        auto& wanted = all.emplace_back();
        wanted.kind = kind;
        wanted.within = within;
        return wanted;
    };
    if (const auto* exits = reader.optional("exits")) {
        if (target.who != Target::Who::leader) {
            diagnostics.error(key_span(node, "exits"),
                              "'exits' stands beside a 'to': only of the first process is it known how it ended",
                              "write gone: true, or replaced: true");
        }
        if (const auto end = read_end(*exits, diagnostics)) add(Kind::exits).end = *end;
    }
    if (read_true(reader, "gone", diagnostics)) add(Kind::gone);
    if (read_true(reader, "replaced", diagnostics)) add(Kind::replaced);
    if (const auto* log = reader.optional("log")) {
        auto& wanted = add(Kind::log);
        wanted.text = document::read_string(*log, diagnostics).value_or("");
        if (wanted.text.empty() && log->kind == Node::Kind::scalar)
            diagnostics.error(log->span, "an empty text stands in every log");
    }
    if (const auto* file = reader.optional("file")) read_file_change(*file, add(Kind::file), diagnostics);
    if (read_true(reader, "ready", diagnostics)) add(Kind::ready);
    if (const auto* running = reader.optional("running")) {
        add(Kind::running).within = read_running(*running, diagnostics);
        for (const auto* key : {"exits", "gone", "replaced"}) {
            if (node.find(key) != nullptr) {
                diagnostics.error(key_span(node, "running"),
                                  fmt::format("'running' stands beside '{}': one or the other", key));
            }
        }
    }
    reader.finish();
    if (all.size() == before) {
        diagnostics.error(node.span,
                          "expect has none of 'running', 'gone', 'exits', 'replaced', 'ready', 'log', 'file'");
    }
}

}  // namespace

std::vector<Consequence> Consequence::read(const Node& node, const Target& target, core::Diagnostics& diagnostics) {
    std::vector<Consequence> all;
    if (node.kind == Node::Kind::sequence) {
        for (const auto& item : node.items) read_one(item, target, all, diagnostics);
        if (node.items.empty()) diagnostics.error(node.span, "the list of expectations is empty");
    } else {
        read_one(node, target, all, diagnostics);
    }
    return all;
}

}  // namespace callgate::scenarios
