#include "harness/cli/shards.h"

#include "harness/cli/command.h"
#include "harness/core/number.h"
#include "harness/core/sha256.h"

#include <fmt/format.h>

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

namespace callgate::cli {

namespace {

/// How a CI system numbers the jobs that share a run. "" for a number that it does not give.
struct ShardVariables {
    std::string_view system;
    std::string_view index;
    std::string_view total;
    std::size_t first;  ///< the index of the first job
};

/// callgate's own pair, for systems that have none, such as the matrix of GitHub.
constexpr ShardVariables kOwn{"callgate", "CALLGATE_SHARD_INDEX", "CALLGATE_SHARD_TOTAL", 1};

/// As their documentation has them: GitLab "parallel", CircleCI "parallelism", Buildkite "parallelism", Azure Pipelines
/// "parallel", Bitbucket "parallel steps", Kubernetes "Indexed Job". Kubernetes gives no total: kOwn.total does.
constexpr std::array kSystems{
    ShardVariables{"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
    ShardVariables{"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
    ShardVariables{"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
    ShardVariables{"Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1},
    ShardVariables{"Bitbucket", "BITBUCKET_PARALLEL_STEP", "BITBUCKET_PARALLEL_STEP_COUNT", 0},
    ShardVariables{"Kubernetes", "JOB_COMPLETION_INDEX", kOwn.total, 0},
};

constexpr std::size_t kMostShards = 10'000;

using Environment = std::map<std::string, std::string>;

std::string value_of(const Environment& environment, std::string_view name) {
    const auto found = environment.find(std::string{name});
    return found == environment.end() ? std::string{} : found->second;
}

std::optional<std::size_t> number(std::string_view text) {
    const auto value = core::number_in<std::size_t>(text);
    return value && *value <= kMostShards ? value : std::nullopt;
}

/// `index` counts from `first`.
core::Result<ShardChoice> chosen(std::string_view index, std::string_view total, std::size_t first,
                                 const std::string& from) {
    const auto i = number(index);
    const auto n = number(total);
    if (!i || !n || *i < first || *i - first >= *n) {
        return core::fail(fmt::format("{}: '{}' of '{}' is no shard: the first is {}, and there are 1 to {} of them",
                                      from, index, total, first, kMostShards));
    }
    return ShardChoice{*i - first + 1, *n, from};
}

/// What one system says; none where it says nothing.
core::Result<std::optional<ShardChoice>> said_by(const ShardVariables& system, const Environment& environment) {
    const auto index = value_of(environment, system.index);
    const auto total = value_of(environment, system.total);
    // GitLab and Azure set the total in every job.
    if (index.empty()) return std::optional<ShardChoice>{};
    const auto from = fmt::format("{} and {}", system.index, system.total);
    if (total.empty()) {
        return core::fail(fmt::format("{}={} is set and {} is not; set {} to the number of shards", system.index, index,
                                      system.total, system.total));
    }
    auto choice = chosen(index, total, system.first, from);
    if (!choice) return core::fail(choice.error());
    return std::optional{std::move(*choice)};
}

core::Result<ShardChoice> from_environment(const Environment& environment) {
    const auto own = said_by(kOwn, environment);
    if (!own) return core::fail(own.error());
    if (*own) return **own;
    std::optional<ShardChoice> found;
    for (const auto& system : kSystems) {
        const auto said = said_by(system, environment);
        if (!said) return core::fail(said.error());
        if (!*said) continue;
        if (found && (found->index != (*said)->index || found->total != (*said)->total)) {
            return core::fail(fmt::format("--shard auto: {} say {}/{}, {} say {}/{}; give --shard I/N", found->from,
                                          found->index, found->total, (*said)->from, (*said)->index, (*said)->total));
        }
        if (!found) found = **said;
    }
    if (found) return *found;
    return core::fail(
        fmt::format("--shard auto: no variable says which shard this is (looked for those of GitLab, CircleCI, "
                    "Buildkite, Azure Pipelines, Bitbucket and Kubernetes); set {} (from 1) and {}, or give --shard "
                    "I/N",
                    kOwn.index, kOwn.total));
}

/// An instance in its suite: what one shard runs from start to stop.
struct Unit {
    std::size_t test = 0;
    const engine::Suite* suite = nullptr;
    const engine::InstancePlan* instance = nullptr;

    [[nodiscard]] std::vector<std::string> case_names() const {
        auto names = engine::case_scenarios(*instance);
        for (auto& name : names) name = engine::case_name(*suite, name);
        return names;
    }
};

std::vector<Unit> units_of(const std::vector<TestPlan>& tests) {
    std::vector<Unit> units;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        for (const auto& suite : tests[i].run.suites) {
            for (const auto& instance : suite.instances) units.push_back({i, &suite, &instance});
        }
    }
    return units;
}

/// Milliseconds; a case that the earlier run does not know takes as long as the mean of those that it knows.
std::vector<std::uint64_t> weights_of(const std::vector<TestPlan>& tests, const std::vector<Unit>& units,
                                      const model::RunResult* earlier) {
    std::map<std::pair<std::string, std::string>, std::uint64_t> took;
    std::uint64_t all = 0;
    if (earlier != nullptr) {
        for (const auto& one : earlier->cases) {
            const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(one.duration.count(), 1));
            took[{one.workload, one.name}] = milliseconds;
            all += milliseconds;
        }
    }
    const auto mean = took.empty() ? 1 : std::max<std::uint64_t>(all / took.size(), 1);
    std::vector<std::uint64_t> weights;
    for (const auto& unit : units) {
        std::uint64_t weight = 0;
        for (const auto& name : unit.case_names()) {
            const auto found = took.find({tests[unit.test].run.workload, name});
            weight += found == took.end() ? mean : found->second;
        }
        weights.push_back(weight);
    }
    return weights;
}

/// What the shards of one run have in common, as text.
std::string in_common(const TestPlan& test, const std::string& options) {
    utsname host{};
    ::uname(&host);
    auto text = fmt::format("{} {}\n{}\n", version(), host.machine, options);
    for (const auto& input : test.inputs) text += fmt::format("{} {}\n", input.path, input.sha256);
    return text;
}

/// Drops the instances of `test` that `keep` does not name; what no suite has is not measured without a profile either.
void drop_others(TestPlan& test, const std::set<const engine::InstancePlan*>& keep) {
    std::set<std::string> owners;
    for (auto& suite : test.run.suites) {
        std::vector<engine::InstancePlan> kept;
        for (auto& instance : suite.instances) {
            if (!keep.contains(&instance)) continue;
            owners.insert(instance.owner);
            kept.push_back(std::move(instance));
        }
        suite.instances = std::move(kept);
    }
    std::erase_if(test.run.reference_instances,
                  [&](const engine::InstancePlan& instance) { return !owners.contains(instance.owner); });
}

}  // namespace

core::Result<ShardChoice> choose_shard(const std::string& wanted, const Environment& environment) {
    if (wanted == "auto") return from_environment(environment);
    const auto slash = wanted.find('/');
    if (slash == std::string::npos)
        return core::fail(fmt::format("--shard: '{}' is neither I/N, such as 2/4, nor auto", wanted));
    return chosen(std::string_view{wanted}.substr(0, slash), std::string_view{wanted}.substr(slash + 1), 1, "--shard");
}

std::vector<std::size_t> share_out(const std::vector<std::uint64_t>& weights, std::size_t total) {
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return weights[a] > weights[b]; });
    std::vector<std::uint64_t> sums(total);
    std::vector<std::size_t> shares(weights.size());
    for (const auto i : order) {
        const auto lightest = std::min_element(sums.begin(), sums.end());
        *lightest += weights[i];
        shares[i] = static_cast<std::size_t>(lightest - sums.begin());
    }
    return shares;
}

void keep_shard(std::vector<TestPlan>& tests, const ShardChoice& choice, const model::RunResult* earlier,
                const std::string& options) {
    const auto units = units_of(tests);
    const auto shares = share_out(weights_of(tests, units, earlier), choice.total);
    std::vector<std::string> digests;
    for (auto& test : tests) {
        test.shard = model::Shard{choice.index, choice.total, "", {}};
        digests.push_back(in_common(test, options));
    }
    std::set<const engine::InstancePlan*> keep;
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& test = tests[units[i].test];
        for (auto& name : units[i].case_names()) {
            digests[units[i].test] += fmt::format("{} of {}: {}\n", shares[i], choice.total, name);
            test.shard->cases.push_back(std::move(name));
        }
        if (shares[i] + 1 == choice.index) keep.insert(units[i].instance);
    }
    for (std::size_t i = 0; i < tests.size(); ++i) {
        tests[i].shard->run = core::sha256(digests[i]);
        drop_others(tests[i], keep);
    }
}

}  // namespace callgate::cli
