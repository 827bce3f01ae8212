#pragma once

#include "harness/model/run_result.h"

#include <span>
#include <string>
#include <string_view>

namespace callgate::reports {

/// A way to show a run. Each is a constant `kFormat` in a namespace of its own, in reports/formats/<name>.cpp.
struct ReportFormat {
    std::string_view name;     ///< what users call it: "run-json"
    std::string_view file;     ///< its name below the report directory; "" for what is printed
    std::string_view summary;  ///< one line for `callgate list`
    /// A pure function of the run: no clock, no environment, the same bytes for the same run.
    std::string (*render)(const model::RunResult& run);
};

/// Every format, in the order of reports/formats.inc; valid for the life of the program.
std::span<const ReportFormat* const> formats();

/// The format of that name, or null.
const ReportFormat* find_format(std::string_view name);

}  // namespace callgate::reports
