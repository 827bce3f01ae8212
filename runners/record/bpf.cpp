#include "harness/model/arch.h"
#include "runners/record/phase_ledger.h"
#include "runners/record/recorder.h"
#include "runners/record/seen_maps.h"
#include "runners/record/stack_samples.h"
#include "runners/trap/abis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

namespace callgate::runners {

namespace {

constexpr std::array<std::string_view, 2> kLimits{
    "does not see calls that a filter of the workload's own answers",
    "costs every process of the host a little while it records",
};

std::uint32_t audit_arch_of(const SeenCall& call) {
    if (!call.compat) return model::audit_arch(model::native_arch());
#if defined(__x86_64__)
    constexpr auto* kCompat = "SCMP_ARCH_X86";
#else
    constexpr auto* kCompat = "SCMP_ARCH_ARM";
#endif
    return model::arch_from_oci(kCompat).value_or(model::Arch{}).token;
}

core::SteadyTime steady(std::uint64_t nanoseconds) {
    return core::SteadyTime{std::chrono::nanoseconds{nanoseconds}};
}

/// As many of the values as were recorded of the call.
std::vector<std::uint64_t> meaningful(const model::RecordedArguments& row, const SeenValues& values) {
    auto count = row.arguments.size();
    const bool is_option = std::find(row.options.begin(), row.options.end(), values[0]) != row.options.end();
    if (!row.options.empty() && !is_option) count = 1;
    return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)};
}

model::RecordedCall recorded_call(int phase, const SeenCall& call, const SeenTally& tally, const SeenMaps& maps) {
    model::RecordedCall out;
    out.nr = call.nr;
    out.audit_arch = audit_arch_of(call);
    out.phase = phase;
    out.executable = maps.executable(call.executable);
    out.count = tally.count;
    out.first = steady(tally.first);
    out.last = steady(tally.last);
    out.untold = tally.untold;
    const auto* row = model::recorded_arguments(model::syscall_name(out.audit_arch, out.nr));
    if (row == nullptr) return out;
    for (const auto& [values, count] : tally.values) out.values.push_back({meaningful(*row, values), count});
    return out;
}

/// By phase and call.
using FoundStacks = std::map<std::pair<int, SeenCall>, std::vector<model::StackFrame>>;

std::vector<model::RecordedCall> in_words(const PhaseLedger& ledger, const SeenMaps& maps, const FoundStacks& stacks) {
    std::vector<model::RecordedCall> calls;
    for (const auto& [key, tally] : ledger.shares()) {
        calls.push_back(recorded_call(key.first, key.second, tally, maps));
        if (const auto found = stacks.find(key); found != stacks.end()) calls.back().stack = found->second;
    }
    const auto order = [](const model::RecordedCall& c) { return std::tie(c.phase, c.audit_arch, c.nr, c.executable); };
    std::sort(calls.begin(), calls.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    return calls;
}

class BpfRecorder final : public Recorder {
public:
    explicit BpfRecorder(SeenMaps maps) : maps_{std::move(maps)} {}

    core::Status attach(pid_t leader, LaunchPage& /*page*/, int /*keeper*/) override {
        const std::scoped_lock lock{mutex_};
        if (auto begun = samples_.begin(maps_.stacks()); !begun) return begun;
        auto attached = maps_.attach(leader);  // which begins a phase
        phases_[maps_.phase()] = phase_;
        return attached;
    }

    void set_phase(int phase) override {
        const std::scoped_lock lock{mutex_};
        if (stopped_ || phase == phase_) return;
        samples_.catch_up();
        ledger_.close(phase_, maps_.totals());
        maps_.begin_phase();
        phase_ = phase;
        phases_[maps_.phase()] = phase;
    }

    void stop() override {
        const std::scoped_lock lock{mutex_};
        if (stopped_) return;
        maps_.detach();
        samples_.end();
        stopped_ = true;
        for (auto& [call, sample] : samples_.samples()) {
            stacks_.insert_or_assign({phases_.at(sample.phase), call}, std::move(sample.frames));
        }
        ledger_.close(phase_, maps_.totals());
    }

    [[nodiscard]] std::vector<model::RecordedCall> recorded() const override {
        const std::scoped_lock lock{mutex_};
        auto ledger = ledger_;
        if (!stopped_) ledger.close(phase_, maps_.totals());
        return in_words(ledger, maps_, stacks_);
    }

    [[nodiscard]] ports::Gaps gaps() const override {
        const std::scoped_lock lock{mutex_};
        const auto lost = maps_.lost();
        if (lost == 0) return {};
        return {fmt::format("{} system calls were made that the kernel could not count", lost)};
    }

private:
    mutable std::mutex mutex_;
    SeenMaps maps_;
    PhaseLedger ledger_;
    int phase_ = 0;
    std::map<std::uint32_t, int> phases_;  ///< by the number that they have in the kernel
    bool stopped_ = false;
    FoundStacks stacks_;
    StackSamples samples_{[this](const SeenCall& call) { maps_.want_stack(call); }};  ///< last: its thread uses maps_
};

core::Result<std::unique_ptr<Recorder>> make(Stacks stacks) {
    auto maps = SeenMaps::load();
    if (!maps) return core::fail(maps.error());
    if (stacks == Stacks::wanted) maps->want_stacks();
    return std::unique_ptr<Recorder>{std::make_unique<BpfRecorder>(std::move(*maps))};
}

core::Status probe() {
    auto maps = SeenMaps::load();
    if (!maps) return core::fail(maps.error());
    return maps->attach(0);  // nobody's pid
}

}  // namespace

extern const RecorderKind bpf_recorder;
const RecorderKind bpf_recorder{"bpf", "eBPF in the kernel counts; a call costs next to nothing", kLimits, true, probe,
                                make};

}  // namespace callgate::runners
