#pragma once

#include "harness/model/run_result.h"

#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

/// Takes secrets out of a run before any of it is stored: the values of environment variables that are named like a
/// secret, wherever and however they appear, and what looks like a credential by its form. Each becomes `***`.
/// Works on bytes, in time linear in the text for a given environment; safe to use from any thread.
class Redactor {
public:
    /// `environment` holds "NAME=value": callgate's own and the workload's. The values are kept in memory only.
    explicit Redactor(const std::vector<std::string>& environment);

    [[nodiscard]] std::string redact(std::string_view text) const;
    /// Words of a command line: also takes `--password VALUE` apart over two of them.
    [[nodiscard]] std::vector<std::string> redact_command(const std::vector<std::string>& words) const;

    /// Every string of the result that a workload or a user can have put something into. The proposed profile and its
    /// diff stay as they are: they have to apply to the file they were made from.
    void apply(model::RunResult& run) const;

private:
    [[nodiscard]] std::string without_values(std::string_view text) const;
    /// Longest first, so that a value inside another does not leave the rest of it.
    std::vector<std::string> values_;
};

}  // namespace callgate::reports
