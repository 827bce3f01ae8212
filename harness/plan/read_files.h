#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/plan/plan.h"
#include "harness/ports/variables.h"
#include "harness/ports/workload.h"

#include <filesystem>
#include <string>
#include <vector>

namespace callgate::plan {

/// What reading a workload's files needs. Borrowed for the call.
struct FileSurroundings {
    const std::filesystem::path& plan_directory;  ///< where `source` is looked for
    const std::string& workdir;                   ///< no file is written outside it
    const ports::Variables& variables;            ///< replaced in the text of a `source`
    const Environment& environment;
};

/// The `files` of a workload; sources are read and expanded.
std::vector<ports::FileSpec> read_files(const document::Node& list, const FileSurroundings& around,
                                        core::Diagnostics& diagnostics);

}  // namespace callgate::plan
