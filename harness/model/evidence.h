#pragma once

#include "harness/model/recording.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace callgate::model {

/// Values of a call's recorded arguments that came together (RecordedValues), over all runs.
struct ValuesEvidence {
    std::vector<std::uint64_t> values;
    std::uint64_t count = 0;
    std::size_t runs = 0;  ///< in how many of Evidence::runs they were seen
    bool operator==(const ValuesEvidence&) const = default;
};

/// What recorded runs show of one system call of a workload.
struct CallEvidence {
    std::string arch;     ///< "x86_64"
    std::string syscall;  ///< "openat", or "syscall 600"
    std::int32_t nr = 0;  ///< as in Call
    std::uint64_t count = 0;
    /// In how many of Evidence::runs it was made; 0: only in the second pass (Evidence::second_pass).
    std::size_t runs = 0;
    std::map<std::string, std::uint64_t> by_case;  ///< "startup", a scenario, "shutdown" -> how often
    std::map<std::string, std::uint64_t> by_step;  ///< "load: http GET /" -> how often
    std::set<std::string> executables;
    std::int64_t first_ms = 0;           ///< since the launch of the instance that made it first
    std::int64_t last_ms = 0;            ///< the same of the last
    std::vector<ValuesEvidence> values;  ///< sorted
    std::uint64_t untold = 0;            ///< as RecordedCall
    std::vector<StackFrame> stack{};     ///< as RecordedCall, its innermost frames

    /// Made by startup alone, or by shutdown alone: no scenario makes it.
    [[nodiscard]] bool only_in(const std::string& one_case) const {
        return by_case.size() == 1 && by_case.count(one_case) == 1;
    }
};

/// Which system calls a workload makes in its scenarios, by architecture and name.
struct Evidence {
    std::vector<CallEvidence> calls;
    std::size_t runs = 1;  ///< how often each scenario was run, and every call counted
    /// Everything was run once more at full speed, where only news were counted: the counts are those of the slow runs,
    /// and what the workload makes under load is at least that.
    bool second_pass = false;
    std::vector<std::string> gaps;  ///< what could not be seen
};

}  // namespace callgate::model
