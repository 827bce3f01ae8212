#pragma once

#include "harness/ports/launch.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace callgate::engine {

/// The workload of one instance over all its lives: the same object before it is launched, while it runs, and after it
/// was restarted, so that steps which go on meanwhile keep what they hold. What was seen is of all lives together,
/// everything else of the last one. Safe from any thread. Before the first life it runs, has no process and sees
/// nothing.
class CurrentWorkload final : public ports::Instance {
public:
    /// The next life begins; the one before it is over.
    void adopt(std::unique_ptr<ports::Instance> life);
    [[nodiscard]] bool launched() const { return last() != nullptr; }

    [[nodiscard]] pid_t leader() const override;
    [[nodiscard]] std::string start_failure() const override;
    [[nodiscard]] model::ProcessEnd leader_end() const override;
    bool wait_leader(core::SteadyTime deadline) override;
    bool wait_gone(core::SteadyTime deadline) override;
    [[nodiscard]] int leader_ended_fd() const override;  ///< -1 before the first life; poll(2) passes over it
    [[nodiscard]] std::vector<pid_t> processes() const override;
    [[nodiscard]] std::vector<ports::LiveProcess> live_processes() const override;
    core::Status signal(pid_t pid, int number) override;
    core::Result<std::unique_ptr<ports::Squeeze>> squeeze(const ports::Shortage& shortage) override;
    void kill_all() override;
    void set_phase(int phase) override;
    [[nodiscard]] std::vector<model::Refusal> refusals() const override;
    [[nodiscard]] std::uint64_t refused() const override;
    [[nodiscard]] std::vector<model::RecordedCall> recorded() const override;
    [[nodiscard]] ports::Gaps gaps() const override;
    [[nodiscard]] std::vector<ports::Note> notes() const override;
    [[nodiscard]] bool no_new_privs() const override;

private:
    using Life = std::shared_ptr<ports::Instance>;
    [[nodiscard]] Life last() const;
    [[nodiscard]] std::vector<Life> lives() const;

    mutable std::mutex mutex_;
    std::vector<Life> lives_;
    int phase_ = 0;
};

}  // namespace callgate::engine
