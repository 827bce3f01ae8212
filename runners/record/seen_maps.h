#pragma once

#include "harness/core/result.h"
#include "runners/record/phase_ledger.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace callgate::runners {

/// The eBPF programs of seen.bpf.c in the kernel, and the memory in which they count. One thread at a time.
class SeenMaps {
public:
    /// Loads them, attached to nothing yet. An error carries the remedy.
    static core::Result<SeenMaps> load();

    SeenMaps(SeenMaps&& other) noexcept;
    SeenMaps& operator=(SeenMaps&&) = delete;
    SeenMaps(const SeenMaps&) = delete;
    SeenMaps& operator=(const SeenMaps&) = delete;
    ~SeenMaps();

    /// Attaches them: they count from the next execve of process `leader` on, by it and by all that descends from it.
    core::Status attach(pid_t leader);
    /// From now on nobody pays for them. What they counted stays.
    void detach();

    /// Begins a phase: the first time of a call is that within it.
    void begin_phase();
    /// Everything counted so far.
    [[nodiscard]] SeenTotals totals() const;
    /// Calls that could not be counted; exact only after the tree is gone.
    [[nodiscard]] std::uint64_t lost() const;
    /// Before attaching: also copies a stack of each call that has none yet.
    void want_stacks();
    /// Once more, of that call. Any thread.
    void want_stack(const SeenCall& call);
    /// The BPF_MAP_TYPE_RINGBUF into which they are copied, as struct seen_stack.
    [[nodiscard]] int stacks() const;
    /// The phase that is under way as struct seen_stack has it.
    [[nodiscard]] std::uint32_t phase() const;
    /// Of a number in SeenCall.
    [[nodiscard]] std::string executable(std::uint8_t number) const;

private:
    struct Kernel;
    explicit SeenMaps(std::unique_ptr<Kernel> kernel);
    std::unique_ptr<Kernel> kernel_;
};

}  // namespace callgate::runners
