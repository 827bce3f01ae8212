#include "harness/cli/read_report.h"

#include "harness/core/files.h"
#include "reports/read_run.h"

#include <filesystem>
#include <system_error>

namespace callgate::cli {

namespace fs = std::filesystem;

namespace {

/// A run of many call sites with their stacks is larger than anything that a person writes.
constexpr std::size_t kLargestReport = std::size_t{512} * 1024 * 1024;

}  // namespace

core::Result<model::RunResult> read_report(const std::string& path) {
    std::error_code ignored;
    const auto file = fs::is_directory(path, ignored) ? fs::path{path} / "run.json" : fs::path{path};
    const auto text = core::read_file(file, kLargestReport);
    if (!text) return core::fail(text.error().context("report"));
    auto run = reports::read_run(*text);
    if (!run) return core::fail(run.error().context(file.string()));
    return run;
}

}  // namespace callgate::cli
