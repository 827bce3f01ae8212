#include "harness/engine/current_workload.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace callgate::engine {

namespace {

/// What each life has to say, one after the other.
template <typename Lives, typename Ask>
auto all_of(const Lives& lives, Ask ask) {
    decltype(ask(*lives.front())) all;
    for (const auto& life : lives) {
        auto some = ask(*life);
        all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return all;
}

}  // namespace

void CurrentWorkload::adopt(std::unique_ptr<ports::Instance> life) {
    const std::lock_guard lock{mutex_};
    life->set_phase(phase_);
    lives_.push_back(std::move(life));
}

CurrentWorkload::Life CurrentWorkload::last() const {
    const std::lock_guard lock{mutex_};
    return lives_.empty() ? nullptr : lives_.back();
}

std::vector<CurrentWorkload::Life> CurrentWorkload::lives() const {
    const std::lock_guard lock{mutex_};
    return lives_;
}

pid_t CurrentWorkload::leader() const {
    const auto life = last();
    return life ? life->leader() : 0;
}

std::string CurrentWorkload::start_failure() const {
    const auto life = last();
    return life ? life->start_failure() : "";
}

model::ProcessEnd CurrentWorkload::leader_end() const {
    const auto life = last();
    return life ? life->leader_end() : model::ProcessEnd{};
}

bool CurrentWorkload::wait_leader(core::SteadyTime deadline) {
    const auto life = last();
    return life && life->wait_leader(deadline);
}

bool CurrentWorkload::wait_gone(core::SteadyTime deadline) {
    const auto life = last();
    return !life || life->wait_gone(deadline);
}

int CurrentWorkload::leader_ended_fd() const {
    const auto life = last();
    return life ? life->leader_ended_fd() : -1;
}

std::vector<pid_t> CurrentWorkload::processes() const {
    const auto life = last();
    return life ? life->processes() : std::vector<pid_t>{};
}

core::Status CurrentWorkload::signal(pid_t pid, int number) {
    const auto life = last();
    return life ? life->signal(pid, number) : core::Status{};
}

std::vector<ports::LiveProcess> CurrentWorkload::live_processes() const {
    const auto life = last();
    return life ? life->live_processes() : std::vector<ports::LiveProcess>{};
}

core::Result<std::unique_ptr<ports::Squeeze>> CurrentWorkload::squeeze(const ports::Shortage& shortage) {
    const auto life = last();
    if (!life) return core::fail("nothing runs that could be short of anything");
    return life->squeeze(shortage);
}

void CurrentWorkload::kill_all() {
    if (const auto life = last()) life->kill_all();
}

void CurrentWorkload::set_phase(int phase) {
    const std::lock_guard lock{mutex_};
    phase_ = phase;
    if (!lives_.empty()) lives_.back()->set_phase(phase);
}

std::vector<model::Refusal> CurrentWorkload::refusals() const {
    return all_of(lives(), [](const ports::Instance& life) { return life.refusals(); });
}

std::uint64_t CurrentWorkload::refused() const {
    std::uint64_t sum = 0;
    for (const auto& life : lives()) sum += life->refused();
    return sum;
}

std::vector<model::RecordedCall> CurrentWorkload::recorded() const {
    return all_of(lives(), [](const ports::Instance& life) { return life.recorded(); });
}

ports::Gaps CurrentWorkload::gaps() const {
    auto gaps = all_of(lives(), [](const ports::Instance& life) { return life.gaps(); });
    std::sort(gaps.begin(), gaps.end());
    gaps.erase(std::unique(gaps.begin(), gaps.end()), gaps.end());
    return gaps;
}

std::vector<ports::Note> CurrentWorkload::notes() const {
    return all_of(lives(), [](const ports::Instance& life) { return life.notes(); });
}

bool CurrentWorkload::no_new_privs() const {
    const auto life = last();
    return life && life->no_new_privs();
}

}  // namespace callgate::engine
