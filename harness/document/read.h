#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::document {

/// Each of these gives the value, or none after saying what was found and what would be right.
std::optional<std::string> read_string(const Node& node, core::Diagnostics& diagnostics);
std::optional<bool> read_bool(const Node& node, core::Diagnostics& diagnostics);
/// A decimal number in [least, most].
std::optional<std::int64_t> read_integer(const Node& node, std::int64_t least, std::int64_t most,
                                         core::Diagnostics& diagnostics);
std::optional<std::uint64_t> read_unsigned(const Node& node, std::uint64_t most, core::Diagnostics& diagnostics);
/// "500ms", "10s", "2m", "1h": a whole number and a unit.
std::optional<core::Milliseconds> read_duration(const Node& node, core::Diagnostics& diagnostics);
/// A list of strings; an item that is none is reported and left out.
std::vector<std::string> read_strings(const Node& node, core::Diagnostics& diagnostics);

/// Reads a mapping key by key; what was not asked for is reported as unknown when finish() is called.
class MappingReader {
public:
    /// `what` names the mapping in messages: "a rule", "workload". A node that is no mapping is reported once and then
    /// behaves like an empty mapping without required keys.
    MappingReader(const Node& node, std::string what, core::Diagnostics& diagnostics);

    /// The value of a key, or null when it is absent.
    [[nodiscard]] const Node* optional(std::string_view key);
    /// The same; its absence is reported.
    [[nodiscard]] const Node* required(std::string_view key);

    std::optional<std::string> string(std::string_view key);
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<core::Milliseconds> duration(std::string_view key);
    std::vector<std::string> strings(std::string_view key);

    /// Reports every key that nobody asked for, with the nearest of those that were. Call it last.
    void finish();

    [[nodiscard]] const Node& node() const { return node_; }
    [[nodiscard]] bool is_mapping() const { return node_.kind == Node::Kind::mapping; }

private:
    const Node& node_;
    std::string what_;
    core::Diagnostics& diagnostics_;
    std::vector<std::string> asked_;
};

}  // namespace callgate::document
