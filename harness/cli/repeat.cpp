#include "harness/cli/repeat.h"

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "reports/run_json_limits.h"
#include "reports/secret_forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace callgate::cli {

namespace fs = std::filesystem;

namespace {

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

fs::path here() {
    std::error_code gone;
    return fs::current_path(gone);
}

bool is_masked(const std::string& text) {
    return text.find(reports::kMask) != std::string::npos;
}

/// As the report format marks a string that is longer than what it stores.
bool is_cut(const std::string& word) {
    constexpr std::string_view kMark = "…";
    return word.ends_with(kMark) && word.size() + kMark.size() >= reports::kStoredStringBytes;
}

/// A name as a glob that matches only itself.
std::string as_glob(const std::string& name) {
    std::string glob;
    for (const char c : name) {
        if (std::string_view{"*?[\\"}.find(c) != std::string_view::npos) glob += '\\';
        glob += c;
    }
    return glob;
}

/// The scenarios that the case needs to happen again. "gc: startup" is that of a scenario with an instance of its own
/// (engine/instance_run.cpp); shutdown is what it is after all the scenarios that share the instance.
std::vector<std::string> scenarios_of(const model::RunResult& run, const model::CaseResult& which) {
    std::set<std::string> names;
    for (const auto& c : run.cases) {
        if (c.profile == which.profile && c.mode == which.mode) names.insert(c.scenario);
    }
    const auto owner_of = [&](const std::string& name) {
        const auto owner = name.substr(0, name.rfind(": "));
        return owner != name && names.contains(owner) ? owner : std::string{};
    };
    const auto& wanted = which.scenario;
    if (wanted == "startup") return {};
    if (const auto owner = owner_of(wanted); !owner.empty()) return {as_glob(owner)};
    if (wanted != "shutdown") return {as_glob(wanted)};
    std::vector<std::string> shared;
    for (const auto& name : names) {
        const bool phase = name == "startup" || name == "shutdown" || !owner_of(name).empty();
        if (!phase && !names.contains(name + ": startup")) shared.push_back(as_glob(name));
    }
    return shared;
}

/// Files that are not what the report was made from.
std::vector<std::string> changes(const model::RunResult& run, const fs::path& directory) {
    std::vector<std::string> warnings;
    for (const auto& input : run.inputs) {
        const auto text = core::read_file(directory / input.path);
        if (!text) {
            warnings.push_back(fmt::format("{} is no longer there", input.path));
        } else if (core::sha256(*text) != input.sha256) {
            warnings.push_back(fmt::format("{} has changed since the report was made", input.path));
        }
    }
    return warnings;
}

core::Status can_be_repeated(const model::RunResult& run) {
    const std::string_view command = run.plan.empty() ? "run" : "test";
    if (run.command.size() < 2 || run.command[1] != command) {
        return core::fail(
            "the report does not come from `callgate test` or `callgate run`: nothing says how to "
            "run it again");
    }
    // Of `test` few words matter for a single case, and a path that is not whole is not found.
    if (!run.plan.empty()) return {};
    if (std::any_of(run.command.begin(), run.command.end(), is_cut)) {
        return core::fail(
            fmt::format("the report holds only the first {} bytes of a word of the command line; "
                        "call `callgate run` again with the words that it had",
                        reports::kStoredStringBytes));
    }
    if (std::any_of(run.command.begin(), run.command.end(), is_masked)) {
        return core::fail(
            fmt::format("the report holds {} in place of a secret of the command line; "
                        "call `callgate run` again with the words that it had",
                        reports::kMask));
    }
    return {};
}

/// A path of the earlier run as one of now.
std::string seen_from_here(const std::string& path, const fs::path& directory) {
    return directory == here() ? path : (directory / path).lexically_normal().string();
}

}  // namespace

core::Result<Repetition> repetition_of(const model::RunResult& run, const model::CaseResult& which) {
    if (auto possible = can_be_repeated(run); !possible) return core::fail(possible.error());
    Repetition what;
    what.words = run.command;
    what.mode = which.mode;
    const bool planned = !run.plan.empty();
    const auto& anchor = planned ? run.plan : which.profile;
    // A report from another machine names a directory of that machine: its files may lie here all the same.
    what.directory = run.directory.empty() ? here() : fs::path{run.directory};
    if (!is_there(what.directory / anchor) && what.directory != here()) {
        what.warnings.push_back(fmt::format("{} is not in {}, where the report was made; it is looked for here", anchor,
                                            what.directory.string()));
        what.directory = here();
    }
    for (const auto& [kind, path] : {std::pair{"plan", run.plan}, std::pair{"profile", which.profile}}) {
        if (path.empty() || is_there(what.directory / path)) continue;
        return core::fail(
            fmt::format("the {} '{}' of the report is not there any more; call `callgate repro` in the "
                        "directory in which the report was made",
                        kind, path));
    }
    for (auto& warning : changes(run, what.directory)) what.warnings.push_back(std::move(warning));
    if (planned) what.plan = seen_from_here(run.plan, what.directory);
    if (!which.profile.empty()) what.profile = seen_from_here(which.profile, what.directory);
    what.scenarios = scenarios_of(run, which);
    // A script that is called by another path has another $0.
    if (what.directory == here()) what.directory.clear();
    return what;
}

}  // namespace callgate::cli
