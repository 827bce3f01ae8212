#include "runners/trap/trap_record.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace callgate::runners {

namespace {

/// A hostile workload may give cause for more than anybody reads.
constexpr std::size_t kMost = 50;

}  // namespace

void TrapRecord::add_gap(std::string gap) {
    const std::scoped_lock lock{mutex_};
    if (gaps_.size() < kMost) gaps_.insert(std::move(gap));
}

void TrapRecord::add_note(std::string text) {
    const std::scoped_lock lock{mutex_};
    if (notes_.size() < kMost) notes_.insert({phase(), std::move(text)});
}

ports::Gaps TrapRecord::gaps() const {
    const std::scoped_lock lock{mutex_};
    return {gaps_.begin(), gaps_.end()};
}

std::vector<ports::Note> TrapRecord::notes() const {
    const std::scoped_lock lock{mutex_};
    return {notes_.begin(), notes_.end()};
}

void report_cost(const UnwindCost& cost, TrapRecord& record) {
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(cost.spent);
    if (cost.cut == 0 && spent < std::chrono::seconds{1}) return;
    record.add_note(
        fmt::format("{} stacks took {} ms{}", cost.stacks, spent.count(),
                    cost.cut == 0 ? "" : fmt::format("; {} lack frames or names, since that was too long", cost.cut)));
}

}  // namespace callgate::runners
