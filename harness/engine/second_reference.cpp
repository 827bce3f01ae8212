#include "harness/engine/second_reference.h"

#include "harness/engine/instance_run.h"

#include <utility>

namespace callgate::engine {

namespace {

/// Nobody is told of the cases.
class Silent final : public CaseListener {
    void on_case(model::Event /*event*/) override {}
};

}  // namespace

SecondReference::SecondReference(const RunPlan& plan, ports::Runner& runner, const core::Cancel& cancel)
    : plan_{plan}, runner_{runner}, cancel_{cancel} {}

const Snapshot* SecondReference::find(const InstancePlan& instance, const std::string& scenario) {
    const std::lock_guard lock{mutex_};
    auto known = by_owner_.find(instance.owner);
    if (known == by_owner_.end()) known = by_owner_.emplace(instance.owner, measure(instance)).first;
    const auto found = known->second.find(scenario);
    return found == known->second.end() ? nullptr : &found->second;
}

std::map<std::string, Snapshot> SecondReference::measure(const InstancePlan& instance) {
    const Suite suite{nullptr, model::Mode::baseline, {}};
    Silent nobody;
    InstanceRun run{plan_, suite, instance, runner_, nobody, cancel_, nullptr};
    (void)run.run();
    std::map<std::string, Snapshot> cases;
    for (auto& [scenario, snapshot] : run.take_snapshots()) cases.emplace(std::move(scenario), std::move(snapshot));
    return cases;
}

}  // namespace callgate::engine
