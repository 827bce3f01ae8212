#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/core/result.h"
#include "harness/model/arch.h"

#include <string>
#include <vector>

namespace callgate::cli {

/// What --trap accepts.
std::vector<std::string> trap_names();

/// What --recorder accepts.
std::vector<std::string> recorder_names();

/// What --report accepts.
std::vector<std::string> report_names();

/// The profile formats that are written.
std::vector<std::string> written_formats();

/// engine::never_let_through() without those that the user permits.
std::vector<std::string> never_let_through_but(const std::vector<std::string>& permitted);

/// The architecture that the value of an option names: "aarch64", "SCMP_ARCH_AARCH64" or "arm64".
core::Result<model::Arch> arch_option(const std::string& option, const std::string& word);

/// The value of an option that is a duration; 0 after reporting one that is none.
core::Milliseconds duration_option(const std::string& option, const std::string& text, core::Diagnostics& diagnostics);

}  // namespace callgate::cli
