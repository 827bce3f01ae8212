#pragma once

#include "harness/core/result.h"
#include "harness/model/run_result.h"
#include "reports/junit/junit_xml.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace callgate::cli {

/// Where the reports of a run go. Made before anything is launched: a place that cannot be written is found then.
class ReportFiles {
public:
    /// `directory` takes every format that has a file, or only `kinds` when there are any; run.json always.
    /// `elsewhere` maps kinds to paths that get them as well. A directory that holds files but no run.json of an
    /// earlier run is refused: it is somebody's.
    static core::Result<ReportFiles> open(const std::filesystem::path& directory, const std::vector<std::string>& kinds,
                                          const std::map<std::string, std::filesystem::path>& elsewhere,
                                          reports::JunitDialect dialect = reports::JunitDialect::portable);

    /// Writes all of them; files of an earlier run that this one does not have are removed.
    [[nodiscard]] core::Status write(const model::RunResult& run) const;

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

private:
    std::filesystem::path directory_;
    std::vector<std::string> kinds_;
    std::map<std::string, std::filesystem::path> elsewhere_;
    reports::JunitDialect dialect_ = reports::JunitDialect::portable;
};

/// True when a file could be made in `directory`.
core::Status writable(const std::filesystem::path& directory);

}  // namespace callgate::cli
