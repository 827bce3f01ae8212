#include "runners/trap/refusal_log.h"

#include <functional>
#include <utility>

namespace callgate::runners {

std::size_t RefusalLog::Hash::operator()(const Site& site) const {
    constexpr std::size_t kMix = 0x9E3779B97F4A7C15ULL;
    std::size_t hash = std::hash<std::uint64_t>{}(site.instruction_pointer);
    for (const auto part : {static_cast<std::size_t>(site.audit_arch), static_cast<std::size_t>(site.nr),
                            static_cast<std::size_t>(site.caller), static_cast<std::size_t>(site.phase),
                            static_cast<std::size_t>(site.happened)}) {
        hash = (hash ^ part) * kMix;
    }
    return hash;
}

Site RefusalLog::blurred(Site site) {
    site.instruction_pointer = 0;
    site.caller = 0;
    return site;
}

std::unordered_map<Site, std::size_t, RefusalLog::Hash>::const_iterator RefusalLog::find(const Site& site) const {
    const auto found = by_site_.find(site);
    return found == by_site_.end() && by_site_.size() >= kMostSites ? by_site_.find(blurred(site)) : found;
}

bool RefusalLog::knows(const Site& site) const {
    const std::scoped_lock lock{mutex_};
    return find(site) != by_site_.end();
}

std::optional<std::size_t> RefusalLog::count(const Site& site) {
    const std::scoped_lock lock{mutex_};
    const auto found = find(site);
    if (found == by_site_.end()) return std::nullopt;
    ++refusals_[found->second].count;
    total_.fetch_add(1, std::memory_order_relaxed);
    return found->second;
}

std::size_t RefusalLog::add(const Site& site, model::Refusal first) {
    const std::scoped_lock lock{mutex_};
    first.count = 1;
    total_.fetch_add(1, std::memory_order_relaxed);
    const bool full = by_site_.size() >= kMostSites;
    auto index = refusals_.size();
    if (!full && !first.stack.empty() && !first.stack.front().module.empty()) {
        const auto& frame = first.stack.front();
        const auto caller = first.stack.size() > 1 && site.caller != 0 ? first.stack[1] : model::StackFrame{};
        const auto [known, is_new] = by_place_.emplace(Place{site.audit_arch, site.nr, site.phase, site.happened,
                                                             frame.module, frame.offset, caller.module, caller.offset},
                                                       index);
        index = known->second;
        if (!is_new) ++refusals_[index].count;
    }
    by_site_.emplace(full ? blurred(site) : site, index);
    if (index == refusals_.size()) refusals_.push_back(std::move(first));
    return index;
}

void RefusalLog::set_returned(std::size_t index, std::int64_t returned) {
    const std::scoped_lock lock{mutex_};
    auto& refusal = refusals_.at(index);
    if (!refusal.returned) refusal.returned = returned;
}

std::vector<model::Refusal> RefusalLog::all() const {
    const std::scoped_lock lock{mutex_};
    return refusals_;
}

}  // namespace callgate::runners
