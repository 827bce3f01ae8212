#pragma once

#include "harness/core/clock.h"
#include "harness/model/evidence.h"
#include "harness/model/recording.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace callgate::engine {

/// What was recorded of one instance of the workload.
struct InstanceRecording {
    struct Phase {
        std::string scenario;  ///< "startup", a scenario, "shutdown"
        std::string step;      ///< "" outside of steps
    };
    std::vector<model::RecordedCall> calls;
    std::vector<Phase> phases;  ///< by number
    core::SteadyTime launched;
    std::vector<std::string> gaps;
};

/// Puts the recordings of all instances, and of all their repetitions, together. One thread.
class EvidenceCollector {
public:
    explicit EvidenceCollector(std::size_t runs) : runs_{runs} {}

    /// `run` counts from 0: an instance and its repetitions are told apart by it. The run behind the last is the second
    /// pass, in which only news were recorded: they are counted, and are of no run.
    void add(std::size_t run, const InstanceRecording& recording);

    /// By architecture and name.
    [[nodiscard]] model::Evidence evidence() const;

private:
    struct Seen {
        model::CallEvidence call;
        std::set<std::size_t> runs;
        std::map<std::vector<std::uint64_t>, std::pair<std::uint64_t, std::set<std::size_t>>> values;
    };

    std::size_t runs_;
    bool second_pass_ = false;
    std::map<std::pair<std::string, std::string>, Seen> seen_;  ///< by architecture and name
    std::set<std::string> gaps_;
};

}  // namespace callgate::engine
