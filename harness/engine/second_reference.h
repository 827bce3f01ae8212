#pragma once

#include "harness/engine/engine.h"
#include "harness/engine/snapshot.h"

#include <map>
#include <mutex>
#include <string>

namespace callgate::engine {

/// One more run without a profile, made when an oracle finds a difference from the first: what two such runs differ in
/// is chance, and says nothing of a profile. An instance is run at the first question about it. Any thread may ask;
/// others wait meanwhile.
class SecondReference {
public:
    /// Borrows everything for its lifetime.
    SecondReference(const RunPlan& plan, ports::Runner& runner, const core::Cancel& cancel);

    /// What the case of this instance looked like at its end; null where the run did not get to it. Valid as long as
    /// this lives.
    const Snapshot* find(const InstancePlan& instance, const std::string& scenario);

private:
    std::map<std::string, Snapshot> measure(const InstancePlan& instance);

    const RunPlan& plan_;
    ports::Runner& runner_;
    const core::Cancel& cancel_;
    std::mutex mutex_;
    std::map<std::string, std::map<std::string, Snapshot>> by_owner_;  ///< of the instance, then by scenario
};

}  // namespace callgate::engine
