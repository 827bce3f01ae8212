#include "harness/plan/read_oracles.h"

#include "harness/core/closest.h"
#include "harness/document/read.h"
#include "harness/plan/wording.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::plan {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::int64_t kLargestFactor = 1'000'000;

std::vector<std::string> oracle_names() {
    std::vector<std::string> names;
    for (const auto& oracle : ports::oracles()) names.emplace_back(oracle.name);
    return names;
}

ports::OracleSetting read_setting(std::string_view oracle, const Node& node, core::Diagnostics& diagnostics) {
    ports::OracleSetting setting;
    if (node.kind == Node::Kind::scalar) {
        // YAML 1.1, which other tools read and write, has on and off as other words for true and false.
        const bool on = node.scalar == "on" || node.scalar == "true";
        setting.on = on;
        if (!on && node.scalar != "off" && node.scalar != "false") {
            diagnostics.error(node.span, fmt::format("'{}' is no setting of an oracle", node.scalar),
                              "on, off, or a mapping as {ignore: [GLOB]}");
        }
        return setting;
    }
    MappingReader reader{node, fmt::format("oracle '{}'", oracle), diagnostics};
    setting.ignore = reader.strings("ignore");
    if (oracle == "latency") {
        if (const auto factor = reader.integer("factor", 1, kLargestFactor))
            setting.factor = static_cast<double>(*factor);
        if (const auto* above = reader.optional("above"))
            setting.above = ports::read_positive_duration(*above, diagnostics).value_or(setting.above);
    }
    reader.finish();
    return setting;
}

}  // namespace

ports::OracleSettings read_oracles(const Node& node, core::Diagnostics& diagnostics) {
    ports::OracleSettings settings;
    if (node.kind != Node::Kind::mapping) {
        diagnostics.error(node.span, fmt::format("{} stands where oracles are wanted", kind_name(node)),
                          "a mapping of their names to on, off or settings, as {latency: off}");
        return settings;
    }
    const auto names = oracle_names();
    for (const auto& member : node.members) {
        if (std::find(names.begin(), names.end(), member.key) == names.end()) {
            diagnostics.error(member.key_span, fmt::format("'{}' is not an oracle", member.key),
                              core::suggestion(member.key, names));
            continue;
        }
        settings[member.key] = read_setting(member.key, member.value, diagnostics);
    }
    return settings;
}

}  // namespace callgate::plan
