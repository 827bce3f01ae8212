#pragma once

#include "harness/model/coverage.h"
#include "harness/model/profile.h"
#include "harness/model/recording.h"
#include "profiles/attribute.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace callgate::profiles {

/// Finds out which permissions of a profile a workload uses, from what was recorded of it. One thread.
class CoverageCounter {
public:
    /// The profile is borrowed. A permission is a name of a rule that lets calls happen; those that the rules or the
    /// linked libseccomp leave out of the filter are none.
    explicit CoverageCounter(const model::Profile& profile);

    /// The call was made in this case.
    void add(const std::string& case_name, const model::RecordedCall& call);

    [[nodiscard]] const std::vector<model::PermissionUse>& permissions() const { return permissions_; }

private:
    /// Architecture, number, values of the recorded arguments.
    using Question = std::tuple<std::uint32_t, std::int32_t, std::vector<std::uint64_t>>;

    /// The permissions that may have let such calls happen. A single one where `sure`.
    struct Users {
        std::vector<std::size_t> permissions;
        bool sure = false;
    };

    void count(const std::string& case_name, const model::RecordedCall& call, const std::vector<std::uint64_t>& values,
               std::uint64_t times);
    const Users& users(const model::RecordedCall& call, const std::vector<std::uint64_t>& values);

    const model::Profile& profile_;
    Attribution attribution_;
    std::vector<model::PermissionUse> permissions_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> by_entry_;  ///< rule and name -> place in permissions_
    std::map<Question, Users> known_;
};

}  // namespace callgate::profiles
