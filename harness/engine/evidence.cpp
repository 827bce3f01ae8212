#include "harness/engine/evidence.h"

#include "harness/core/result.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace callgate::engine {

namespace {

/// As many as say who made the call: a lock is kept and compared, and the outer ones are the same for every call.
std::vector<model::StackFrame> inner_frames(const std::vector<model::StackFrame>& stack) {
    constexpr std::size_t kFrames = 16;
    return {stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(std::min(kFrames, stack.size()))};
}

}  // namespace

void EvidenceCollector::add(std::size_t run, const InstanceRecording& recording) {
    const bool second_pass = run >= runs_;
    second_pass_ |= second_pass;
    gaps_.insert(recording.gaps.begin(), recording.gaps.end());
    const auto since_launch = [&](core::SteadyTime time) {
        return std::chrono::duration_cast<core::Milliseconds>(time - recording.launched).count();
    };
    for (const auto& recorded : recording.calls) {
        core::ensure(recorded.phase >= 0 && static_cast<std::size_t>(recorded.phase) < recording.phases.size(),
                     "a recorded call of a phase that there is not");
        const auto& phase = recording.phases[static_cast<std::size_t>(recorded.phase)];
        const std::string arch{model::arch_name(model::arch_of_call(recorded.audit_arch, recorded.nr))};
        const auto name = model::syscall_name(recorded.audit_arch, recorded.nr);
        auto& seen = seen_[{arch, name}];
        auto& call = seen.call;
        const bool is_new = call.count == 0;
        const auto first = since_launch(recorded.first);
        const auto last = since_launch(recorded.last);
        call.arch = arch;
        call.syscall = name;
        call.nr = recorded.nr;
        call.count += recorded.count;
        call.by_case[phase.scenario] += recorded.count;
        if (!phase.step.empty()) call.by_step[phase.scenario + ": " + phase.step] += recorded.count;
        call.executables.insert(recorded.executable);
        call.first_ms = is_new ? first : std::min(call.first_ms, first);
        call.last_ms = is_new ? last : std::max(call.last_ms, last);
        call.untold += recorded.untold;
        if (call.stack.empty()) call.stack = inner_frames(recorded.stack);
        if (!second_pass) seen.runs.insert(run);
        for (const auto& values : recorded.values) {
            auto& [count, runs] = seen.values[values.values];
            count += values.count;
            if (!second_pass) runs.insert(run);
        }
    }
}

model::Evidence EvidenceCollector::evidence() const {
    model::Evidence evidence;
    evidence.runs = runs_;
    evidence.second_pass = second_pass_;
    evidence.gaps.assign(gaps_.begin(), gaps_.end());
    for (const auto& [key, seen] : seen_) {
        auto call = seen.call;
        call.runs = seen.runs.size();
        for (const auto& [values, found] : seen.values)
            call.values.push_back({values, found.first, found.second.size()});
        evidence.calls.push_back(std::move(call));
    }
    return evidence;
}

}  // namespace callgate::engine
