// Records by the trap: a filter that refuses everything, whose refusals are counted and let through.
#include "harness/model/call.h"
#include "runners/record/recorder.h"
#include "runners/trap_backend.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace callgate::runners {

extern const TrapBackend ptrace_backend;

namespace {

using model::RecordedCall;

constexpr std::array<std::string_view, 3> kLimits{
    "stops the workload at every call, which then takes a hundred times as long",
    "keeps the arguments of the first call at each place only",
    "keeps the workload from tracing processes",
};

/// Of the first call at a place: the kept arguments, where they are in registers.
std::vector<model::RecordedValues> values_of(const model::Refusal& refusal) {
    const auto* kept = model::recorded_arguments(model::syscall_name(refusal.call.audit_arch, refusal.call.nr));
    if (kept == nullptr || kept->in_memory) return {};
    model::RecordedValues first;
    for (const auto place : kept->arguments) {
        first.values.push_back(refusal.call.args.at(place));
        const auto& options = kept->options;
        if (options.empty() || first.values.size() > 1) continue;
        if (std::find(options.begin(), options.end(), first.values.front()) == options.end()) break;
    }
    first.count = 1;
    return {first};
}

bool keeps_arguments(const model::Refusal& refusal) {
    const auto* kept = model::recorded_arguments(model::syscall_name(refusal.call.audit_arch, refusal.call.nr));
    return kept != nullptr && !kept->in_memory;
}

void add(RecordedCall& call, const model::Refusal& refusal) {
    const bool is_new = call.count == 0;
    call.nr = refusal.call.nr;
    call.audit_arch = refusal.call.audit_arch;
    call.phase = refusal.phase;
    call.executable = refusal.exe;
    call.count += refusal.count;
    call.first = is_new ? refusal.first_at : std::min(call.first, refusal.first_at);
    call.last = is_new ? refusal.first_at : std::max(call.last, refusal.first_at);
    for (auto& values : values_of(refusal)) {
        const auto known = std::find_if(call.values.begin(), call.values.end(),
                                        [&](const auto& other) { return other.values == values.values; });
        if (known == call.values.end()) {
            call.values.push_back(std::move(values));
        } else {
            ++known->count;
        }
    }
    if (keeps_arguments(refusal)) call.untold += refusal.count - 1;
}

class PtraceRecorder final : public Recorder {
public:
    explicit PtraceRecorder(std::unique_ptr<Trap> trap) : trap_{std::move(trap)} {}

    [[nodiscard]] const Filter* filter() const override { return &trap_->filter(); }

    core::Status attach(pid_t leader, LaunchPage& page, int keeper) override {
        return trap_->attach(leader, page, keeper);
    }

    void set_phase(int phase) override { trap_->record().set_phase(phase); }

    void stop() override { trap_->join(); }

    [[nodiscard]] std::vector<RecordedCall> recorded() const override {
        std::map<std::tuple<int, std::uint32_t, std::int32_t, std::string>, RecordedCall> calls;
        for (const auto& refusal : trap_->record().refusals().all())
            add(calls[{refusal.phase, refusal.call.audit_arch, refusal.call.nr, refusal.exe}], refusal);
        std::vector<RecordedCall> sorted;
        for (auto& [key, call] : calls) {
            std::sort(call.values.begin(), call.values.end());
            sorted.push_back(std::move(call));
        }
        return sorted;
    }

    [[nodiscard]] ports::Gaps gaps() const override { return trap_->record().gaps(); }

private:
    std::unique_ptr<Trap> trap_;
};

core::Status probe() {
    return ptrace_backend.probe();
}

core::Result<std::unique_ptr<Recorder>> make() {
    ports::Confinement everything;
    everything.mode = model::Mode::log;
    everything.candidate = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM}};
    auto trap = ptrace_backend.make(everything);
    if (!trap) return core::fail(trap.error());
    return std::unique_ptr<Recorder>{std::make_unique<PtraceRecorder>(std::move(*trap))};
}

}  // namespace

extern const RecorderKind ptrace_recorder;
const RecorderKind ptrace_recorder{"ptrace", "every call stops; needs no privileges", kLimits, false, probe, make};

}  // namespace callgate::runners
