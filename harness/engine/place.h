#pragma once

#include "harness/core/files.h"
#include "harness/core/result.h"
#include "harness/ports/launch.h"
#include "harness/ports/workload.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace callgate::engine {

/// Where one instance lives: a temporary directory with its working directory and its log; gone with this object.
class InstancePlace {
public:
    static core::Result<InstancePlace> make();

    [[nodiscard]] std::filesystem::path workdir() const { return root_.path() / "work"; }
    [[nodiscard]] std::filesystem::path log() const { return root_.path() / "workload.log"; }

    /// Writes the workload's files and gives the working directory to `identity`.
    core::Status put_files(const std::vector<ports::FileSpec>& files,
                           const std::optional<ports::Identity>& identity) const;

private:
    explicit InstancePlace(core::TempDir root) : root_{std::move(root)} {}
    core::TempDir root_;
};

}  // namespace callgate::engine
