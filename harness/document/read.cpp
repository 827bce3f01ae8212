#include "harness/document/read.h"

#include "harness/core/closest.h"
#include "harness/core/number.h"
#include "harness/core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace callgate::document {

namespace {

constexpr std::size_t kQuotedAtMost = 60;

std::string shown(const Node& node) {
    if (node.kind != Node::Kind::scalar) return std::string{kind_name(node)};
    return fmt::format("'{}'", core::shortened(node.scalar, kQuotedAtMost));
}

template <typename T>
std::optional<T> read_number(const Node& node, T least, T most, core::Diagnostics& diagnostics) {
    const auto complain = [&](std::string_view hint = {}) {
        const std::string range = most == std::numeric_limits<T>::max() ? fmt::format("of at least {}", least)
                                                                        : fmt::format("from {} to {}", least, most);
        diagnostics.error(node.span, fmt::format("{} is not a whole number {}", shown(node), range), std::string{hint});
        return std::nullopt;
    };
    if (node.kind != Node::Kind::scalar) return complain();
    if (node.quoted) return complain("write the number without quotes");
    const auto& text = node.scalar;
    const auto value = core::number_in<T>(text);
    if (!value) return complain();
    const auto digits = std::string_view{text}.substr(text.front() == '-' ? 1 : 0);
    if (digits.size() > 1 && digits.front() == '0') return complain("write it without the leading zero");
    if (*value < least || *value > most) return complain();
    return value;
}

}  // namespace

std::optional<std::string> read_string(const Node& node, core::Diagnostics& diagnostics) {
    if (node.kind == Node::Kind::scalar) return node.scalar;
    diagnostics.error(node.span, fmt::format("{} stands where a string is wanted", kind_name(node)));
    return std::nullopt;
}

std::optional<bool> read_bool(const Node& node, core::Diagnostics& diagnostics) {
    if (node.kind == Node::Kind::scalar && !node.quoted) {
        if (node.scalar == "true") return true;
        if (node.scalar == "false") return false;
    }
    diagnostics.error(node.span, fmt::format("{} is neither true nor false", shown(node)));
    return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Node& node, std::int64_t least, std::int64_t most,
                                         core::Diagnostics& diagnostics) {
    return read_number<std::int64_t>(node, least, most, diagnostics);
}

std::optional<std::uint64_t> read_unsigned(const Node& node, std::uint64_t most, core::Diagnostics& diagnostics) {
    return read_number<std::uint64_t>(node, 0, most, diagnostics);
}

std::optional<core::Milliseconds> read_duration(const Node& node, core::Diagnostics& diagnostics) {
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    static constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
    constexpr std::int64_t kLongest = std::int64_t{7} * 24 * 3'600'000;
    if (node.kind == Node::Kind::scalar) {
        const auto& text = node.scalar;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
        const auto* found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == unit; });
        if (error == std::errc{} && found != kUnits.end() && number >= 0 && number <= kLongest / found->milliseconds) {
            return core::Milliseconds{number * found->milliseconds};
        }
    }
    diagnostics.error(node.span, fmt::format("{} is not a duration", shown(node)),
                      "a whole number and a unit: 500ms, 10s, 2m, 1h");
    return std::nullopt;
}

std::vector<std::string> read_strings(const Node& node, core::Diagnostics& diagnostics) {
    std::vector<std::string> strings;
    if (node.kind != Node::Kind::sequence) {
        diagnostics.error(node.span, fmt::format("{} stands where a list of strings is wanted", shown(node)),
                          node.kind == Node::Kind::scalar ? "write [ ] around it" : "");
        return strings;
    }
    for (const auto& item : node.items) {
        if (auto text = read_string(item, diagnostics)) strings.push_back(std::move(*text));
    }
    return strings;
}

MappingReader::MappingReader(const Node& node, std::string what, core::Diagnostics& diagnostics)
    : node_{node}, what_{std::move(what)}, diagnostics_{diagnostics} {
    if (!is_mapping()) {
        diagnostics_.error(
            node.span, fmt::format("{} stands where {} is wanted, a mapping of keys to values", shown(node), what_));
    }
}

const Node* MappingReader::optional(std::string_view key) {
    asked_.emplace_back(key);
    return node_.find(key);
}

const Node* MappingReader::required(std::string_view key) {
    const auto* value = optional(key);
    if (value == nullptr && is_mapping()) {
        diagnostics_.error(node_.span, fmt::format("{} has no '{}'", what_, key));
    }
    return value;
}

std::optional<std::string> MappingReader::string(std::string_view key) {
    const auto* value = optional(key);
    return value == nullptr ? std::nullopt : read_string(*value, diagnostics_);
}

std::optional<bool> MappingReader::boolean(std::string_view key) {
    const auto* value = optional(key);
    return value == nullptr ? std::nullopt : read_bool(*value, diagnostics_);
}

std::optional<std::int64_t> MappingReader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto* value = optional(key);
    return value == nullptr ? std::nullopt : read_integer(*value, least, most, diagnostics_);
}

std::optional<core::Milliseconds> MappingReader::duration(std::string_view key) {
    const auto* value = optional(key);
    return value == nullptr ? std::nullopt : read_duration(*value, diagnostics_);
}

std::vector<std::string> MappingReader::strings(std::string_view key) {
    const auto* value = optional(key);
    return value == nullptr ? std::vector<std::string>{} : read_strings(*value, diagnostics_);
}

void MappingReader::finish() {
    for (const auto& member : node_.members) {
        if (std::find(asked_.begin(), asked_.end(), member.key) != asked_.end()) continue;
        diagnostics_.error(member.key_span, fmt::format("{} does not know the key '{}'", what_, member.key),
                           core::suggestion(member.key, asked_));
    }
}

}  // namespace callgate::document
