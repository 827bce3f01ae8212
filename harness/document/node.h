#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/span.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::document {

struct Member;

/// A YAML or JSON value with its place in the text. Scalars keep the text they were written as: what a scalar means is
/// decided by whoever reads it (read.h), so that 64-bit numbers stay exact and `010` or `yes` hold no surprise.
struct Node {
    enum class Kind { null, scalar, sequence, mapping };
    Kind kind = Kind::null;
    std::string scalar;   ///< of a scalar: without quotes, escapes resolved
    bool quoted = false;  ///< of a scalar: true for a string in quotes (or a YAML block), never a number then
    std::vector<Node> items;
    std::vector<Member> members;  ///< in the order of the text; keys are unique
    core::Span span;

    /// The member's value, or null. Only for mappings.
    [[nodiscard]] const Node* find(std::string_view key) const;
};

struct Member {
    std::string key;
    core::Span key_span;
    Node value;
};

/// "a mapping", "a list", "a string"…, for messages.
std::string_view kind_name(const Node& node);

/// Nothing that people write is nested deeper; more is refused.
constexpr std::size_t kDeepest = 64;
/// Values in one document; more is refused.
constexpr std::size_t kMostNodes = 200'000;

using Source = std::shared_ptr<const core::SourceText>;

/// One JSON value (RFC 8259, strictly; no comments). Duplicate keys, excess depth and size are errors.
/// None when something was wrong; `diagnostics` says what and where.
std::optional<Node> parse_json(const Source& source, core::Diagnostics& diagnostics);

/// All documents of a YAML stream. Duplicate keys, merge keys (`<<`), tags, more than 100 aliases, excess depth and
/// size are errors. None when something was wrong.
std::optional<std::vector<Node>> parse_yaml(const Source& source, core::Diagnostics& diagnostics);

}  // namespace callgate::document
