#pragma once

#include "harness/cli/command.h"
#include "harness/cli/test_plan.h"
#include "harness/engine/necessity.h"
#include "harness/ports/launch.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace callgate::cli {

/// Plays a plan with permissions taken out of its profile, and remembers in a file what came of it: whoever asks the
/// same again, in another process too, gets the answer from there. One thread may ask; trials run side by side.
class Trials {
public:
    struct Settings {
        std::string plan;
        Selection selection;
        std::size_t jobs = 1;
        bool quiet = false;
    };

    /// Borrows everything; `test` is the plan as the settings select it, with one profile. What the file at `memory`
    /// says counts when it is of the same plan, profile, files and programs; where it cannot be read it is made anew.
    Trials(const Settings& settings, const TestPlan& test, ports::Runner& runner, const Invocation& invocation,
           std::filesystem::path memory);

    /// The scenarios that make each permitted call, seen in log mode with nothing permitted; empty when the user
    /// wants to stop.
    const std::map<std::string, std::set<std::string>>& learn_uses();

    /// As engine::PlayTrials.
    std::vector<std::optional<engine::TrialResult>> play(const std::vector<engine::Trial>& trials);

    [[nodiscard]] std::size_t played() const { return played_; }
    [[nodiscard]] std::size_t remembered() const { return remembered_; }

private:
    [[nodiscard]] std::optional<TestPlan> test_of(const engine::Trial& trial, model::Mode mode) const;
    [[nodiscard]] std::optional<engine::TrialResult> play_one(const engine::Trial& trial);
    void keep(const engine::Trial& trial, const engine::TrialResult& result);
    void read_memory();
    void write_memory();
    /// Of a case: the scenario, or "startup" or "shutdown".
    [[nodiscard]] std::string scenario_of(const std::string& case_name) const;

    const Settings& settings_;
    const TestPlan& test_;
    ports::Runner& runner_;
    const Invocation& invocation_;
    std::filesystem::path memory_;
    std::string fingerprint_;
    std::map<std::string, std::set<std::string>> uses_;
    std::mutex mutex_;  ///< for what follows
    std::map<engine::Trial, engine::TrialResult> known_;
    std::size_t played_ = 0;
    std::size_t remembered_ = 0;
};

}  // namespace callgate::cli
