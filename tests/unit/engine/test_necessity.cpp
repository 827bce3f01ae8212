// Which calls a workload needs, found with a workload that is a function.
#include "harness/engine/necessity.h"

#include <catch2/catch.hpp>

#include <random>

namespace callgate::engine {

namespace {

using model::CallNeed;
using model::Need;

/// A workload that needs some calls, in one scenario each, and one of several alternatives.
struct Workload {
    std::map<std::string, std::set<std::string>> uses;
    std::set<std::string> scenarios{"load", "reload", "tls"};
    std::map<std::string, Need> needs;  ///< those that are not there are tolerated
    std::vector<std::set<std::string>> one_of;
    std::size_t stop_after = 1'000'000;
    std::vector<Trial> played;

    std::optional<TrialResult> play(const Trial& trial) {
        if (played.size() == stop_after) return std::nullopt;
        played.push_back(trial);
        TrialResult worst;
        const auto see = [&](const std::string& call, Need need) {
            for (const auto& scenario : uses.at(call)) {
                const bool seen = scenario == "startup" || trial.scenarios.count(scenario) != 0;
                if (seen && need < worst.need) worst = {need, scenario, call + " was refused"};
            }
        };
        for (const auto& call : trial.refused) {
            if (const auto found = needs.find(call); found != needs.end()) see(call, found->second);
        }
        for (const auto& alternatives : one_of) {
            const bool all =
                std::includes(trial.refused.begin(), trial.refused.end(), alternatives.begin(), alternatives.end());
            if (all) see(*alternatives.begin(), Need::essential);
        }
        return worst;
    }

    std::map<std::string, CallNeed> grade() {
        const auto graded = grade_calls(uses, scenarios, [&](const std::vector<Trial>& trials) {
            std::vector<std::optional<TrialResult>> results;
            for (const auto& trial : trials) results.push_back(play(trial));
            return results;
        });
        std::map<std::string, CallNeed> by_name;
        if (graded) {
            for (const auto& call : *graded) by_name[call.syscall] = call;
        }
        return by_name;
    }
};

}  // namespace

TEST_CASE("every permitted call is graded by what its refusal does", "[engine]") {
    Workload workload;
    workload.uses = {
        {"read", {"startup", "load"}}, {"sync", {"load"}}, {"fsync", {"load"}}, {"rename", {"reload"}}, {"mount", {}}};
    workload.needs = {{"read", Need::essential}, {"rename", Need::essential}, {"fsync", Need::degraded}};
    const auto graded = workload.grade();
    REQUIRE(graded.size() == 5);
    CHECK(graded.at("read").need == Need::essential);
    CHECK(graded.at("read").scenario == "load");
    CHECK(graded.at("sync").need == Need::tolerated);
    CHECK(graded.at("fsync").need == Need::degraded);
    CHECK(graded.at("fsync").why == "fsync was refused");
    CHECK(graded.at("rename").need == Need::essential);
    CHECK(graded.at("mount").need == Need::unused);
}

TEST_CASE("a trial plays the scenarios that make the call, and all of them where startup does", "[engine]") {
    Workload workload;
    workload.uses = {{"read", {"startup", "load"}}, {"rename", {"reload", "shutdown"}}};
    workload.needs = {{"read", Need::essential}, {"rename", Need::essential}};
    workload.grade();
    CHECK(workload.played == std::vector<Trial>{{{"read"}, workload.scenarios}, {{"rename"}, {"reload"}}});
}

TEST_CASE("calls of one scenario that nobody needs take one run", "[engine]") {
    Workload workload;
    for (int i = 0; i < 64; ++i) workload.uses["call" + std::to_string(i)] = {"load"};
    workload.grade();
    CHECK(workload.played.size() == 2);  // and the one that refuses everything together, in all scenarios
    CHECK(workload.played.back().scenarios == workload.scenarios);
}

TEST_CASE("one needed call among many takes no more runs than its bisection", "[engine]") {
    for (int needed = 0; needed < 64; ++needed) {
        Workload workload;
        for (int i = 0; i < 64; ++i) workload.uses["call" + std::to_string(i)] = {"load"};
        workload.needs = {{"call" + std::to_string(needed), Need::essential}};
        const auto graded = workload.grade();
        CHECK(graded.at("call" + std::to_string(needed)).need == Need::essential);
        // The batch; at most two for each of six halvings; the rest together.
        CHECK(workload.played.size() <= 1 + 2 * 6 + 1);
    }
}

TEST_CASE("calls that stand in for each other are not taken out together", "[engine]") {
    Workload workload;
    workload.uses = {{"epoll_wait", {"startup"}}, {"poll", {"startup"}}, {"mount", {}}};
    workload.one_of = {{"epoll_wait", "poll"}};
    const auto graded = workload.grade();
    CHECK(graded.at("epoll_wait").need == Need::tolerated);
    CHECK(graded.at("poll").need == Need::tolerated);
    CHECK(graded.at("epoll_wait").not_together != graded.at("poll").not_together);
    CHECK(!graded.at("mount").not_together);
}

TEST_CASE("whoever stops the search gets no grades", "[engine]") {
    Workload workload;
    workload.uses = {{"read", {"startup"}}, {"write", {"startup"}}, {"sync", {"load"}}};
    workload.needs = {{"read", Need::essential}};
    workload.grade();
    const auto whole = workload.played.size();
    for (std::size_t runs = 0; runs < whole; ++runs) {
        workload.played.clear();
        workload.stop_after = runs;
        CHECK(workload.grade().empty());
    }
}

TEST_CASE("random workloads are graded as they are", "[engine]") {
    std::mt19937 random{7};
    for (int round = 0; round < 50; ++round) {
        Workload workload;
        const std::vector<std::string> where{"startup", "load", "reload", "tls"};
        for (unsigned i = 0; i < 40; ++i) {
            const auto name = "call" + std::to_string(i);
            auto& uses = workload.uses[name];
            for (auto n = random() % 3; n > 0; --n) uses.insert(where[random() % where.size()]);
            if (!uses.empty() && random() % 2 == 0)
                workload.needs[name] = random() % 3 == 0 ? Need::degraded : Need::essential;
        }
        const auto graded = workload.grade();
        REQUIRE(graded.size() == workload.uses.size());
        for (const auto& [name, call] : graded) {
            INFO(name);
            const auto wanted = workload.needs.find(name);
            CHECK(call.need == (wanted != workload.needs.end() ? wanted->second
                                : call.uses.empty()            ? Need::unused
                                                               : Need::tolerated));
            CHECK(!call.not_together);
        }
    }
}

}  // namespace callgate::engine
