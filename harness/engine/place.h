#pragma once

#include "harness/core/files.h"
#include "harness/core/result.h"
#include "harness/ports/launch.h"
#include "harness/ports/variables.h"
#include "harness/ports/workload.h"

#include <filesystem>
#include <optional>
#include <string>
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

/// A free TCP port of 127.0.0.1 for each name, as variables "port.NAME". Nothing holds them: they are free now, and the
/// kernel hands out others first for a while.
core::Result<ports::Variables> free_ports(const std::vector<std::string>& names);

/// Those of the ports that accept a connection, as "http (127.0.0.1:8080)".
std::vector<std::string> open_ports(const ports::Variables& variables);

}  // namespace callgate::engine
