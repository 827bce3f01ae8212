#include "runners/record/stack_samples.h"

#include "harness/core/processes.h"
#include "runners/record/seen_layout.h"

#include <bpf/libbpf.h>

#include <poll.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace callgate::runners {

namespace {

/// Of one call, before it is left without a stack: its processes may all be too short-lived.
constexpr std::size_t kMostFailures = 16;

SeenCall call_of(const seen_stack& copy) {
    return {copy.call.executable, copy.call.compat != 0, copy.call.nr};
}

std::optional<StackCopy> in_words(const seen_stack& copy) {
    const std::vector<std::uint64_t> registers{std::begin(copy.registers), std::end(copy.registers)};
    auto start = start_of_registers(registers);
    if (!start || copy.size > SEEN_STACK) return std::nullopt;
    return StackCopy{std::move(*start), copy.begin, {copy.bytes, copy.bytes + copy.size}};
}

/// True while the task runs the program whose stack began there.
bool runs_with(pid_t tid, std::uint64_t start_stack) {
    const auto stat = core::read_stat(tid);
    return stat && stat->start_stack == start_stack;
}

}  // namespace

void StackSamples::Free::operator()(ring_buffer* ring) const {
    ring_buffer__free(ring);
}

core::Status StackSamples::begin(int ring) {
    const auto on_copy = [](void* self, void* data, std::size_t size) {
        if (size >= sizeof(seen_stack)) static_cast<StackSamples*>(self)->add(*static_cast<const seen_stack*>(data));
        return 0;
    };
    ring_.reset(ring_buffer__new(ring, on_copy, this, nullptr));
    if (!ring_) return core::fail(core::system_error("cannot map the recorder's stacks", errno));
    thread_ = std::thread{[this] { take(); }};
    return {};
}

void StackSamples::catch_up() {
    const std::scoped_lock lock{mutex_};
    if (ring_) ring_buffer__consume(ring_.get());
}

void StackSamples::end() {
    end_.request(1);
    if (thread_.joinable()) thread_.join();
}

void StackSamples::take() {
    std::array<pollfd, 2> waited{{{ring_buffer__epoll_fd(ring_.get()), POLLIN, 0}, {end_.fd(), POLLIN, 0}}};
    while (!end_.requested()) {
        ::poll(waited.data(), waited.size(), -1);
        catch_up();
    }
    catch_up();
}

void StackSamples::add(const seen_stack& copy) {
    const auto call = call_of(copy);
    const auto known = copied_.find(call);
    auto words = in_words(copy);
    if (!words || (known != copied_.end() && !known->second.is_stale)) return;
    Copied copied{copy.phase, std::move(*words), nullptr, false};
    look(copy, copied);
    const bool complete = copied.loaded && !copied.is_stale;
    if (copied.loaded && (complete || known == copied_.end())) copied_.insert_or_assign(call, std::move(copied));
    if (!complete && ++failures_[call] < kMostFailures) again_(call);
}

void StackSamples::look(const seen_stack& copy, Copied& copied) {
    constexpr std::size_t kMostPrograms = 256;
    if (loaded_.size() >= kMostPrograms) loaded_.clear();
    auto& known = loaded_[copy.start_stack];
    copied.is_stale = true;
    for (const auto number : {copy.task, copy.process, copy.parent}) {
        const auto pid = static_cast<pid_t>(number);
        if (!runs_with(pid, copy.start_stack)) continue;
        auto now = unwinder_.loaded_by(pid, known);
        if (!now || !runs_with(pid, copy.start_stack)) continue;  // gone, or another program by execve meanwhile
        known = std::move(now);
        copied.is_stale = false;
        break;
    }
    const auto* const place = known ? find_mapping(known->mappings, copied.copy.start.pc) : nullptr;
    if (place != nullptr && place->executable) copied.loaded = known;
}

std::map<SeenCall, StackSamples::Sample> StackSamples::samples() {
    std::map<SeenCall, Sample> samples;
    for (const auto& [call, copied] : copied_) {
        auto stack = unwinder_.of_copy(*copied.loaded, copied.copy);
        samples.emplace(call, Sample{copied.phase, std::move(stack.frames)});
    }
    return samples;
}

}  // namespace callgate::runners
