#pragma once

#include "harness/core/clock.h"
#include "runners/proc_maps.h"
#include "runners/stack/elf_files.h"
#include "runners/stack/frame_start.h"
#include "runners/stack/modules.h"
#include "runners/stack/task_memory.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace callgate::runners {

/// One step of a walk up a stack.
struct Step {
    std::uint64_t pc = 0;
    bool is_return = true;  ///< pc is where a call returns to: the call stands before it
};

/// The modules of one process and what unwinding has learnt of them. For the thread that traces the process; whatever a
/// process or its files contain, the worst that happens is that less is found.
class ProcessImage {
public:
    ProcessImage(Machine machine, ElfFiles& files);
    ProcessImage(const ProcessImage&) = delete;
    ProcessImage& operator=(const ProcessImage&) = delete;
    ~ProcessImage();

    [[nodiscard]] Machine machine() const;
    [[nodiscard]] std::span<const Mapping> mappings() const;

    /// Reads the mappings again, through a live task of the process; what is known of unchanged modules is kept.
    void refresh(pid_t tid);

    /// The same from what was read earlier.
    void take(const LoadedModules& loaded);

    /// From innermost to outermost, at most `most` (1 or more) steps; `late` says that the deadline ended it.
    /// The memory must be at rest: of a task that is stopped or blocked in a system call, or a copy.
    struct Walk {
        std::vector<Step> steps;
        bool late = false;
    };
    [[nodiscard]] Walk walk(const TaskMemory& memory, const FrameStart& start, std::size_t most,
                            core::SteadyTime deadline);

    /// Module, offset and, before the deadline, names.
    [[nodiscard]] model::StackFrame describe(const Step& step, core::SteadyTime deadline);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callgate::runners
