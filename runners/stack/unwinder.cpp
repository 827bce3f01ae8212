#include "runners/stack/unwinder.h"

#include "harness/core/clock.h"
#include "runners/stack/process_image.h"

#include <algorithm>
#include <list>
#include <utility>

namespace callgate::runners {

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Known {
    pid_t pid;
    ProcessImage image;

    Known(pid_t of, Machine machine, ElfFiles& files) : pid{of}, image{machine, files} {}
};

}  // namespace

struct Unwinder::Impl {
    const UnwindLimits limits;
    UnwindCost cost;
    ElfFiles files;
    std::list<Known> known;  ///< the one asked for last is first

    ProcessImage& image(pid_t pid, Machine machine) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.pid == pid; });
        if (found != known.end() && found->image.machine() == machine) {
            known.splice(known.begin(), known, found);
        } else {
            if (found != known.end()) known.erase(found);
            known.emplace_front(pid, machine, files);
            if (known.size() > std::max<std::size_t>(limits.processes, 1)) known.pop_back();
        }
        return known.front().image;
    }

    /// Where to find a process's modules: in a live task of it, or what it had loaded.
    struct Source {
        pid_t pid = 0;
        pid_t tid = 0;
        const LoadedModules* loaded = nullptr;
    };

    /// The whole stack, or what there is time for; `start` is none when only `ip` is known.
    Stack stack(const Source& source, const TaskMemory& memory, std::uint64_t ip,
                const std::optional<FrameStart>& start) {
        const auto began = SteadyClock::now();
        ++cost.stacks;
        Stack stack;
        bool late = cost.spent >= limits.per_run;
        if (late) {
            const auto mappings = source.loaded != nullptr ? source.loaded->mappings : read_mappings(source.tid);
            if (!mappings.empty()) stack.frames.push_back(locate(mappings, ip));
        } else {
            const auto deadline = began + limits.per_stack;
            auto& process = image(source.pid, start ? start->machine : machine_of(source.tid));
            if (source.loaded != nullptr)
                process.take(*source.loaded);
            else
                process.refresh(source.tid);
            if (!process.mappings().empty()) late = !fill(stack, process, memory, ip, start, deadline);
        }
        if (late) ++cost.cut;
        cost.spent += std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - began);
        return stack;
    }

    /// False when the deadline cut it.
    [[nodiscard]] bool fill(Stack& stack, ProcessImage& process, const TaskMemory& memory, std::uint64_t ip,
                            const std::optional<FrameStart>& start, core::SteadyTime deadline) const {
        ProcessImage::Walk walk;
        if (start) {
            walk = process.walk(memory, *start, limits.frames, deadline);
        } else {
            walk.steps.push_back({ip, true});
        }
        if (walk.steps.size() > 1) stack.caller_pc = walk.steps[1].pc;
        for (const auto& step : walk.steps) stack.frames.push_back(process.describe(step, deadline));
        return !walk.late && SteadyClock::now() < deadline;
    }
};

Unwinder::Unwinder(const UnwindLimits& limits) : impl_{new Impl{limits, {}, {}, {}}} {}
Unwinder::~Unwinder() = default;

Stack Unwinder::of_stopped(pid_t pid, pid_t tid, std::uint64_t ip) {
    auto start = start_of_stopped(tid);
    if (start && start->pc != ip) start.reset();
    return impl_->stack({pid, tid}, TaskMemory{tid}, ip, start);
}

Stack Unwinder::of_blocked(pid_t pid, pid_t tid, std::uint64_t ip, std::uint64_t sp) {
    return impl_->stack({pid, tid}, TaskMemory{tid}, ip, start_at(machine_of(tid), ip, sp));
}

std::shared_ptr<const LoadedModules> Unwinder::loaded_by(pid_t pid,
                                                         const std::shared_ptr<const LoadedModules>& before) {
    auto mappings = read_mappings(pid);
    if (mappings.empty()) return nullptr;
    if (before && before->mappings == mappings) return before;
    auto modules = modules_of(mappings, before ? before->modules : std::vector<Module>{});
    for (auto& module : modules) {
        if (!std::exchange(module.asked, true)) module.file = impl_->files.open(pid, module.first);
    }
    return std::make_shared<const LoadedModules>(LoadedModules{pid, std::move(mappings), std::move(modules)});
}

Stack Unwinder::of_copy(const LoadedModules& loaded, const StackCopy& copy) {
    return impl_->stack({loaded.pid, 0, &loaded}, TaskMemory{copy, loaded}, copy.start.pc, copy.start);
}

std::optional<std::uint64_t> Unwinder::caller_pc(pid_t pid, pid_t tid) {
    const auto start = start_of_stopped(tid);
    if (!start) return std::nullopt;
    auto& process = impl_->image(pid, start->machine);
    if (find_mapping(process.mappings(), start->pc) == nullptr) process.refresh(tid);
    const auto walk = process.walk(TaskMemory{tid}, *start, 2, core::SteadyTime::max());
    return walk.steps.size() > 1 ? std::optional{walk.steps[1].pc} : std::nullopt;
}

void Unwinder::forget(pid_t pid) {
    impl_->known.remove_if([&](const Known& k) { return k.pid == pid; });
}

UnwindCost Unwinder::cost() const {
    return impl_->cost;
}

}  // namespace callgate::runners
