#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::profiles {

// Readers that tell JSON's types apart, where harness/document/read.h is made for YAML and takes `5` for a string.

/// The value for a message, quoted and shortened.
std::string shown(const document::Node& node);

/// A string in quotes.
std::optional<std::string> read_text(const document::Node& node, core::Diagnostics& diagnostics);

/// True for a list; anything else is reported as not being a list of `what`.
bool expect_list(const document::Node& node, std::string_view what, core::Diagnostics& diagnostics);

/// A whole number up to `most`, without quotes; `what` names it in the message.
std::optional<std::uint64_t> read_number(const document::Node& node, std::string_view what, std::uint64_t most,
                                         core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
