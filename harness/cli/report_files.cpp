#include "harness/cli/report_files.h"

#include "harness/core/files.h"
#include "reports/format.h"
#include "reports/proposal_files.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace callgate::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRun = "run-json";
constexpr std::string_view kJunit = "junit";
constexpr std::string_view kRunFile = "run.json";

/// What only some runs leave; one of an earlier run beside a new run.json would lie.
void remove_stale(const fs::path& directory) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator{directory, ignored}) {
        const std::string name = entry.path().filename();
        const bool proposal = name.size() > 5 && (name.rfind(".diff") == name.size() - 5 ||
                                                  name.find(".proposed.json") != std::string::npos);
        if (proposal) fs::remove(entry.path(), ignored);
    }
    for (const auto* format : reports::formats()) {
        if (!format->file.empty()) fs::remove(directory / format->file, ignored);
    }
}

}  // namespace

core::Status writable(const fs::path& directory) {
    const fs::path where = directory.empty() ? fs::path{"."} : directory;
    const auto probe = where / fmt::format(".callgate-probe.{}", ::getpid());
    auto written = core::write_file(probe, "");
    if (!written) return core::fail(written.error().context("cannot write reports"));
    std::error_code ignored;
    fs::remove(probe, ignored);
    return {};
}

core::Result<ReportFiles> ReportFiles::open(const fs::path& directory, const std::vector<std::string>& kinds,
                                            const std::map<std::string, fs::path>& elsewhere,
                                            reports::JunitDialect dialect) {
    std::error_code error;
    if (fs::exists(directory, error) && !fs::is_empty(directory, error) && !fs::exists(directory / kRunFile, error)) {
        return core::fail(fmt::format(
            "'{}' holds files but no run.json of an earlier run; give another place with --out", directory.string()));
    }
    fs::create_directories(directory, error);
    if (error) return core::fail(fmt::format("cannot make '{}': {}", directory.string(), error.message()));
    if (auto possible = writable(directory); !possible) return core::fail(possible.error());
    for (const auto& [kind, path] : elsewhere) {
        if (auto possible = writable(path.parent_path()); !possible) return core::fail(possible.error());
    }
    ReportFiles files;
    files.directory_ = directory;
    files.kinds_ = kinds;
    files.elsewhere_ = elsewhere;
    files.dialect_ = dialect;
    return files;
}

core::Status ReportFiles::write(const model::RunResult& run) const {
    remove_stale(directory_);
    for (const auto* format : reports::formats()) {
        const bool wanted = kinds_.empty() || format->name == kRun ||
                            std::find(kinds_.begin(), kinds_.end(), format->name) != kinds_.end();
        const auto other = elsewhere_.find(std::string{format->name});
        if ((format->file.empty() || !wanted) && other == elsewhere_.end()) continue;
        const auto text = format->name == kJunit ? reports::junit_xml(run, dialect_) : format->render(run);
        core::Status written;
        if (!format->file.empty() && wanted) written = core::write_file(directory_ / format->file, text);
        if (written && other != elsewhere_.end()) written = core::write_file(other->second, text);
        if (!written) return written;
    }
    for (const auto& [name, text] : reports::proposal_files(run)) {
        if (auto written = core::write_file(directory_ / name, text); !written) return written;
    }
    return {};
}

}  // namespace callgate::cli
