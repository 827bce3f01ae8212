#pragma once

#include "harness/core/result.h"
#include "harness/ports/events.h"

#include <filesystem>
#include <memory>

namespace callgate::cli {

/// Writes each event as one line of JSON to `path`, as it happens, and hands it on to `next`, which is borrowed.
/// `--events`; the lines are described in callgate(1). An error when the file cannot be opened.
core::Result<std::unique_ptr<ports::EventSink>> events_file(const std::filesystem::path& path, ports::EventSink& next);

}  // namespace callgate::cli
