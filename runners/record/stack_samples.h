#pragma once

#include "harness/core/cancel.h"
#include "harness/core/result.h"
#include "harness/model/refusal.h"
#include "runners/record/phase_ledger.h"
#include "runners/stack/unwinder.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

struct ring_buffer;
struct seen_stack;

namespace callgate::runners {

/// Makes stacks of what the kernel copied of them (seen.bpf.c, copy_stack). A thread takes the copies as they come and
/// looks at once what their processes have loaded, since nothing else says whose code it is; unwinding waits until the
/// end, so that it takes no time from the workload. Of a process that is gone already its parent is asked, if that
/// still is what it was forked from. All functions but catch_up() by one thread, or one after the other.
class StackSamples {
public:
    /// Asks for another stack of that call, on the thread of this object.
    using Again = std::function<void(const SeenCall& call)>;

    explicit StackSamples(Again again) : again_{std::move(again)} {}
    StackSamples(const StackSamples&) = delete;
    StackSamples& operator=(const StackSamples&) = delete;
    ~StackSamples() { end(); }

    /// Begins to take copies from a BPF_MAP_TYPE_RINGBUF, which outlives this. Once.
    core::Status begin(int ring);
    /// Returns when what was copied by now is taken: its processes may go.
    void catch_up();
    /// Takes what is there, and no more.
    void end();

    struct Sample {
        std::uint32_t phase = 0;  ///< as the kernel's counters have it
        std::vector<model::StackFrame> frames;
    };

    /// After the end: of each call the first that could be unwound.
    std::map<SeenCall, Sample> samples();

private:
    struct Free {
        void operator()(ring_buffer* ring) const;
    };
    struct Copied {
        std::uint32_t phase = 0;
        StackCopy copy;
        std::shared_ptr<const LoadedModules> loaded;
        bool is_stale = false;  ///< more may have been loaded since
    };

    void take();
    void add(const seen_stack& copy);
    void look(const seen_stack& copy, Copied& copied);

    const Again again_;
    core::Cancel end_;
    std::mutex mutex_;  ///< of all below while the thread runs
    std::unique_ptr<ring_buffer, Free> ring_;
    Unwinder unwinder_;
    std::map<SeenCall, std::size_t> failures_;
    /// By where the program's stack began: it, and all that were forked from it.
    std::map<std::uint64_t, std::shared_ptr<const LoadedModules>> loaded_;
    std::map<SeenCall, Copied> copied_;
    std::thread thread_;
};

}  // namespace callgate::runners
