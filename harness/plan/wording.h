#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::plan {

/// Where a key stands; the whole mapping when it has no such key.
core::Span key_span(const document::Node& mapping, std::string_view key);

/// A string that the system can take: reported when empty (unless `may_be_empty`) or when it holds a zero byte.
std::optional<std::string> read_text(const document::Node& node, core::Diagnostics& diagnostics,
                                     bool may_be_empty = false);

/// A list of different names, each as `what` ("a port name") must be written; the others are reported.
std::vector<std::string> read_names(const document::Node& node, std::string_view what, core::Diagnostics& diagnostics);

/// True when the keys of `mapping` among `keys` are exactly one; otherwise reports that `what` needs one of them, or
/// that two of them exclude each other.
bool exactly_one_of(const document::Node& mapping, std::string_view what, const std::vector<std::string>& keys,
                    core::Diagnostics& diagnostics);

/// "it stands already in line 7".
std::string stands_already(const core::Span& first);

}  // namespace callgate::plan
