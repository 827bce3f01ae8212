#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace callgate::cli {

/// A ready-made plan with its profile: a folder of profiles/library.
struct Pack {
    std::string name;
    std::string summary;  ///< the heading of its README.md
    std::filesystem::path directory;
};

/// The packs that are here, by name: those in the directory that CALLGATE_LIBRARY of `environment` names, else those
/// installed with this program (../share/callgate/profiles/library from where it lies), else those of the source tree
/// that it was built in (../../profiles/library).
std::vector<Pack> packs(const std::map<std::string, std::string>& environment);

}  // namespace callgate::cli
