#include "harness/engine/phases.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::engine {

void Phases::begin_case(std::size_t case_index) {
    const std::lock_guard lock{mutex_};
    case_index_ = case_index;
    step_.clear();
    nested_.clear();
    tell();
}

void Phases::set_step(const std::string& step) {
    const std::lock_guard lock{mutex_};
    step_ = step;
    tell();
}

void Phases::begin_nested(const std::string& step) {
    const std::lock_guard lock{mutex_};
    nested_.push_back(step);
    tell();
}

void Phases::end_nested(const std::string& step) {
    const std::lock_guard lock{mutex_};
    const auto found = std::find(nested_.begin(), nested_.end(), step);
    if (found != nested_.end()) nested_.erase(found);
    tell();
}

std::vector<Phase> Phases::all() const {
    const std::lock_guard lock{mutex_};
    return phases_;
}

void Phases::tell() {
    const auto step = nested_.empty() ? step_ : fmt::format("{}", fmt::join(nested_, " + "));
    const auto [known, is_new] = numbers_.emplace(std::pair{case_index_, step}, static_cast<int>(phases_.size()));
    if (is_new) phases_.push_back({case_index_, step});
    workload_.set_phase(known->second);
}

}  // namespace callgate::engine
