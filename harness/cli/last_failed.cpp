#include "harness/cli/last_failed.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace callgate::cli {

namespace {

using Names = std::set<std::string>;

/// The instance with no other scenarios than these, in the same order.
engine::InstancePlan narrowed(engine::InstancePlan instance, const Names& scenarios) {
    engine::InstancePlan less = instance;
    less.scenarios.clear();
    less.places.clear();
    for (std::size_t i = 0; i < instance.scenarios.size(); ++i) {
        if (!scenarios.contains(instance.scenarios[i])) continue;
        less.scenarios.push_back(instance.scenarios[i]);
        less.places.push_back(instance.places[i]);
    }
    less.build = [whole = std::move(instance.build), scenarios](const ports::Variables& variables) {
        auto session = whole(variables);
        if (session) {
            std::erase_if(session->scenarios,
                          [&](const ports::Scenario& scenario) { return !scenarios.contains(scenario.name); });
        }
        return session;
    };
    return less;
}

}  // namespace

std::size_t keep_failed(const model::RunResult& earlier, TestPlan& test) {
    Names failed;
    for (const auto& one : earlier.cases) {
        if (one.workload == test.run.workload && one.outcome != model::Outcome::passed) failed.insert(one.name);
    }
    std::size_t count = 0;
    std::map<std::string, Names> by_owner;  // of each instance that is started, in whatever suite
    for (auto& suite : test.run.suites) {
        std::vector<engine::InstancePlan> kept;
        for (auto& instance : suite.instances) {
            const auto again = [&](const std::string& scenario) {
                return failed.contains(engine::case_name(suite, engine::case_scenario(instance, scenario)));
            };
            Names wanted;
            std::copy_if(instance.scenarios.begin(), instance.scenarios.end(), std::inserter(wanted, wanted.end()),
                         again);
            const auto ends = static_cast<std::size_t>(again("startup")) + static_cast<std::size_t>(again("shutdown"));
            if (wanted.size() + ends == 0) continue;
            count += wanted.size() + ends;
            // The shutdown is that of an instance that has lived through all of it.
            if (again("shutdown") || !instance.owner.empty())
                wanted = {instance.scenarios.begin(), instance.scenarios.end()};
            by_owner[instance.owner].insert(wanted.begin(), wanted.end());
            kept.push_back(narrowed(std::move(instance), wanted));
        }
        suite.instances = std::move(kept);
    }
    std::vector<engine::InstancePlan> measured;
    for (auto& instance : test.run.reference_instances) {
        const auto found = by_owner.find(instance.owner);
        if (found != by_owner.end()) measured.push_back(narrowed(std::move(instance), found->second));
    }
    test.run.reference_instances = std::move(measured);
    return count;
}

}  // namespace callgate::cli
