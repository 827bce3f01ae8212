#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/run_result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::ports {

/// What a plan and its steps read in the same way.

/// The number of "SIGHUP" or "SIGRTMIN+3"; none for anything else.
std::optional<int> signal_from_name(std::string_view name);
/// "SIGHUP", "SIGRTMIN+3", or "signal 200" for what is none.
std::string signal_name(int number);

/// A signal's name; anything else is reported with the nearest one.
std::optional<int> read_signal(const document::Node& node, core::Diagnostics& diagnostics);

/// A duration longer than nothing.
std::optional<core::Milliseconds> read_positive_duration(const document::Node& node, core::Diagnostics& diagnostics);

/// "16MiB", "64KiB", "1GiB" or a number of bytes, more than none, in bytes.
std::optional<std::uint64_t> read_size(const document::Node& node, core::Diagnostics& diagnostics);

/// "16MiB", "1000 bytes": as a plan would say it.
std::string size_text(std::uint64_t bytes);

/// Where a node stands, for reports.
model::Place place_of(const core::Span& span);

/// "500ms", "10s", "90s", "1500ms": as a plan would say it.
std::string duration_text(core::Milliseconds duration);

}  // namespace callgate::ports
