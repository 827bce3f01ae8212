#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace callgate::test {

/// The profiles in tests/data, and the collection of published ones where it is there (CALLGATE_SHARED).
inline std::vector<std::filesystem::path> published_profiles() {
    const char* given = std::getenv("CALLGATE_SHARED");
    const std::filesystem::path source{CALLGATE_SOURCE_DIR};
    const auto shared = (given != nullptr ? std::filesystem::path{given} : source / ".." / "shared") / "data/profiles";
    std::vector<std::filesystem::path> folders{source / "tests/data/profiles"};
    if (std::filesystem::is_directory(shared)) {
        folders.push_back(shared);
    } else {
        WARN("skipped the collection of published profiles: " << shared << " is not there");
    }
    std::vector<std::filesystem::path> found;
    for (const auto& folder : folders) {
        for (const auto& entry : std::filesystem::directory_iterator{folder}) {
            if (entry.path().extension() != ".md") found.push_back(entry.path());
        }
    }
    return found;
}

}  // namespace callgate::test
