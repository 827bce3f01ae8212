#include "harness/cli/packs.h"

#include "harness/core/files.h"

#include <algorithm>
#include <system_error>

namespace callgate::cli {

namespace fs = std::filesystem;

namespace {

fs::path library(const std::map<std::string, std::string>& environment) {
    const auto named = environment.find("CALLGATE_LIBRARY");
    if (named != environment.end() && !named->second.empty()) return named->second;
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error).parent_path();
    auto installed = program.parent_path() / "share" / "callgate" / "profiles" / "library";
    if (fs::is_directory(installed, error)) return installed;
    return program.parent_path().parent_path() / "profiles" / "library";
}

/// "nginx" of "# nginx\n...".
std::string heading(const fs::path& file) {
    const auto text = core::read_file(file);
    if (!text) return "";
    const auto begin = text->find_first_not_of("# ");
    return begin == std::string::npos ? "" : text->substr(begin, text->find('\n') - begin);
}

}  // namespace

std::vector<Pack> packs(const std::map<std::string, std::string>& environment) {
    std::vector<Pack> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{library(environment), error}) {
        if (!fs::exists(entry.path() / "plan.yaml", error)) continue;
        found.push_back({entry.path().filename(), heading(entry.path() / "README.md"), entry.path()});
    }
    std::sort(found.begin(), found.end(), [](const Pack& a, const Pack& b) { return a.name < b.name; });
    return found;
}

}  // namespace callgate::cli
