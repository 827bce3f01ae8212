// Records by the trap: a filter that refuses everything but what was learnt before, whose refusals are counted and let
// through.
#include "harness/model/call.h"
#include "runners/proc_task_view.h"
#include "runners/record/learnt.h"
#include "runners/record/recorder.h"
#include "runners/trap_backend.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace callgate::runners {

extern const TrapBackend ptrace_backend;

namespace {

using model::RecordedCall;

constexpr std::array<std::string_view, 2> kLimits{
    "stops the workload at every call, which then takes a hundred times as long: a plan is run a second time, at full "
    "speed",
    "keeps the workload from tracing processes",
};

/// Combinations of arguments that are kept of one call, by one program in one phase.
constexpr std::size_t kMostDistinct = 64;

/// The values of the recorded arguments, as model::RecordedValues has them; none where they cannot be read.
std::vector<std::uint64_t> values_of(const model::RecordedArguments& kept, const model::Call& call,
                                     const decode::TaskView& task) {
    if (kept.in_memory) {
        const auto bytes = task.read(call.args.at(kept.arguments.front()), sizeof(std::uint64_t));
        std::uint64_t value = 0;
        if (bytes.size() != sizeof value) return {};
        std::memcpy(&value, bytes.data(), sizeof value);
        return {value};
    }
    std::vector<std::uint64_t> values;
    for (const auto place : kept.arguments) {
        values.push_back(call.args.at(place));
        const auto& options = kept.options;
        if (options.empty() || values.size() > 1) continue;
        if (std::find(options.begin(), options.end(), values.front()) == options.end()) break;
    }
    return values;
}

/// What was counted at one place in the code, in one phase.
class Tally {
public:
    explicit Tally(const model::Call& call)
        : kept_{model::recorded_arguments(model::syscall_name(call.audit_arch, call.nr))} {}

    [[nodiscard]] const model::RecordedArguments* kept() const { return kept_; }

    void count(std::vector<std::uint64_t> values) {
        ++count_;
        last_ = std::chrono::steady_clock::now();
        if (count_ == 1) first_ = last_;
        if (kept_ != nullptr) add(std::move(values), 1);
    }

    void add_to(RecordedCall& call) const {
        if (count_ == 0) return;
        call.first = call.count == 0 ? first_ : std::min(call.first, first_);
        call.last = call.count == 0 ? last_ : std::max(call.last, last_);
        call.count += count_;
        call.untold += untold_;
        for (const auto& [values, count] : values_) {
            const auto known = std::find_if(call.values.begin(), call.values.end(),
                                            [&, &wanted = values](const auto& v) { return v.values == wanted; });
            if (known != call.values.end())
                known->count += count;
            else if (call.values.size() < kMostDistinct)
                call.values.push_back({values, count});
            else
                call.untold += count;
        }
    }

private:
    void add(std::vector<std::uint64_t> values, std::uint64_t count) {
        const bool fits = !values.empty() && (values_.size() < kMostDistinct || values_.count(values) != 0);
        (fits ? values_[std::move(values)] : untold_) += count;
    }

    const model::RecordedArguments* kept_;
    std::uint64_t count_ = 0;
    std::uint64_t untold_ = 0;
    core::SteadyTime first_;
    core::SteadyTime last_;
    std::map<std::vector<std::uint64_t>, std::uint64_t> values_;
};

class PtraceRecorder final : public Recorder {
public:
    PtraceRecorder(Learnt learnt, std::unique_ptr<Trap> trap) : learnt_{std::move(learnt)}, trap_{std::move(trap)} {
        trap_->record().set_listener(
            [this](pid_t tid, const model::Call& call, std::size_t finding) { count(tid, call, finding); });
    }

    [[nodiscard]] const Filter* filter() const override { return &trap_->filter(); }

    core::Status attach(pid_t leader, LaunchPage& page, int keeper) override {
        return trap_->attach(leader, page, keeper);
    }

    void set_phase(int phase) override { trap_->record().set_phase(phase); }

    void stop() override { trap_->join(); }

    [[nodiscard]] std::vector<RecordedCall> recorded() const override {
        const auto findings = trap_->record().refusals().all();
        std::map<std::tuple<int, std::uint32_t, std::int32_t, std::string>, RecordedCall> calls;
        const std::scoped_lock lock{mutex_};
        for (const auto& [index, tally] : tallies_) {
            if (index >= findings.size()) continue;
            const auto& first = findings[index];
            const auto executable = executable_of(first, findings);
            auto& call = calls[{first.phase, first.call.audit_arch, first.call.nr, executable}];
            tally.add_to(call);
            call.nr = first.call.nr;
            call.audit_arch = first.call.audit_arch;
            call.phase = first.phase;
            call.executable = executable;
            if (call.stack.empty()) call.stack = first.stack;
        }
        std::vector<RecordedCall> sorted;
        for (auto& [key, call] : calls) {
            if (call.count == 0) continue;
            std::sort(call.values.begin(), call.values.end());
            sorted.push_back(std::move(call));
        }
        return sorted;
    }

    [[nodiscard]] ports::Gaps gaps() const override { return trap_->record().gaps(); }

private:
    /// The program that made the call. The first execve is made by callgate's own code in the first process, and laid
    /// to the program that it starts.
    [[nodiscard]] std::string executable_of(const model::Refusal& call,
                                            const std::vector<model::Refusal>& findings) const {
        if (call.exe != own_) return call.exe;
        const auto next = std::find_if(findings.begin(), findings.end(), [&](const model::Refusal& other) {
            return other.pid == call.pid && other.exe != own_;
        });
        return next == findings.end() ? call.exe : next->exe;
    }

    /// On the tracer thread. A call that was learnt arrives where no filter can tell that it was.
    void count(pid_t tid, const model::Call& call, std::size_t finding) {
        const std::scoped_lock lock{mutex_};
        auto& tally = tallies_.try_emplace(finding, call).first->second;
        std::vector<std::uint64_t> values;
        if (tally.kept() != nullptr) values = values_of(*tally.kept(), call, ProcTaskView{tid});
        if (!learnt_.knows(call.audit_arch, call.nr, values)) tally.count(std::move(values));
    }

    const Learnt learnt_;
    const std::string own_ = std::filesystem::read_symlink("/proc/self/exe").string();
    mutable std::mutex mutex_;
    std::unordered_map<std::size_t, Tally> tallies_;  ///< by finding
    std::unique_ptr<Trap> trap_;                      ///< last: its thread uses all of the above
};

core::Status probe() {
    return ptrace_backend.probe();
}

core::Result<std::unique_ptr<Recorder>> make_for_news(std::span<const RecordedCall> calls) {
    Learnt learnt{calls};
    ports::Confinement confinement;
    confinement.mode = model::Mode::log;
    confinement.candidate = learnt.filter();
    auto trap = ptrace_backend.make(confinement);
    if (!trap) return core::fail(trap.error());
    return std::unique_ptr<Recorder>{std::make_unique<PtraceRecorder>(std::move(learnt), std::move(*trap))};
}

core::Result<std::unique_ptr<Recorder>> make(Stacks /*stacks*/) {
    return make_for_news({});
}

}  // namespace

extern const RecorderKind ptrace_recorder;
const RecorderKind ptrace_recorder{"ptrace",     "every call stops; needs no privileges", kLimits, false, probe, make,
                                   make_for_news};

}  // namespace callgate::runners
