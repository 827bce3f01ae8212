#pragma once

#include "harness/ports/launch.h"
#include "runners/stack/unwinder.h"
#include "runners/trap/refusal_log.h"

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace callgate::runners {

/// Everything that a trap found out. Written by the trap's thread, read from any.
class TrapRecord {
public:
    void set_phase(int phase) { phase_.store(phase, std::memory_order_relaxed); }
    [[nodiscard]] int phase() const { return phase_.load(std::memory_order_relaxed); }

    [[nodiscard]] RefusalLog& refusals() { return refusals_; }

    /// Hears of each refusal, of a task that stands at it, and which finding it was counted as.
    using Listener = std::function<void(pid_t tid, const model::Call& call, std::size_t finding)>;

    /// Before the trap is attached; called on the trap's thread.
    void set_listener(Listener listener) { listener_ = std::move(listener); }

    void tell(pid_t tid, const model::Call& call, std::size_t finding) const {
        if (listener_) listener_(tid, call, finding);
    }

    /// Something that could not be seen: from now on the run is incomplete. The same one counts once.
    void add_gap(std::string gap);
    /// Something worth knowing that changes no verdict; the same one counts once in a phase.
    void add_note(std::string text);

    [[nodiscard]] ports::Gaps gaps() const;
    [[nodiscard]] std::vector<ports::Note> notes() const;

private:
    std::atomic<int> phase_{0};
    RefusalLog refusals_;
    Listener listener_;
    mutable std::mutex mutex_;
    std::set<std::string> gaps_;
    std::set<ports::Note> notes_;
};

/// Tells what stacks have cost where that is worth knowing: they lack something, or took seconds.
void report_cost(const UnwindCost& cost, TrapRecord& record);

}  // namespace callgate::runners
