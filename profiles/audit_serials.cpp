#include "profiles/audit_serials.h"

#include <algorithm>
#include <iterator>

namespace callgate::profiles {

namespace {

constexpr std::size_t kMostBoots = 64;
constexpr std::size_t kMostRuns = 16384;
constexpr std::size_t kMostRanges = 20;

/// Time and number of an event are not taken at one moment.
constexpr std::int64_t kJitterMs = 1000;

}  // namespace

bool AuditSerials::fits(const Boot& boot, std::string_view origin, std::int64_t at_ms, std::uint32_t serial) {
    if (boot.origin != origin) return false;
    const bool not_before = at_ms >= boot.last_ms - kJitterMs;
    const bool not_after = at_ms <= boot.first_ms + kJitterMs;
    if (serial > boot.runs.rbegin()->second) return not_before;
    if (serial < boot.runs.begin()->first) return not_after;
    return at_ms >= boot.first_ms - kJitterMs && at_ms <= boot.last_ms + kJitterMs;
}

void AuditSerials::add(std::string_view origin, std::int64_t at_ms, std::uint32_t serial) {
    const auto found = std::find_if(boots_.rbegin(), boots_.rend(),
                                    [&](const Boot& boot) { return fits(boot, origin, at_ms, serial); });
    if (found == boots_.rend()) {
        if (boots_.size() == kMostBoots) {
            all_seen_ = false;
            return;
        }
        boots_.push_back({std::string{origin}, at_ms, at_ms, {{serial, serial}}, 0, 0});
        return;
    }
    found->first_ms = std::min(found->first_ms, at_ms);
    found->last_ms = std::max(found->last_ms, at_ms);
    insert(*found, serial);
}

void AuditSerials::insert(Boot& boot, std::uint32_t serial) {
    auto& runs = boot.runs;
    auto after = runs.upper_bound(serial);
    const auto before = after == runs.begin() ? runs.end() : std::prev(after);
    if (before != runs.end() && serial <= before->second) return;
    const bool extends = before != runs.end() && serial - before->second == 1;
    const bool precedes = after != runs.end() && after->first - serial == 1;
    if (extends && precedes) {
        before->second = after->second;
        runs.erase(after);
    } else if (extends) {
        before->second = serial;
    } else if (precedes) {
        auto node = runs.extract(after);
        node.key() = serial;
        runs.insert(std::move(node));
    } else {
        runs.emplace(serial, serial);
        if (runs.size() > kMostRuns) fold(boot);
    }
}

/// Older gaps are counted and forgotten: what comes later could only fill them from another log.
void AuditSerials::fold(Boot& boot) {
    auto& runs = boot.runs;
    const auto first = runs.begin();
    while (runs.size() > kMostRuns / 2) {
        const auto next = std::next(first);
        boot.folded_missing += next->first - first->second - 1;
        ++boot.folded_gaps;
        first->second = next->second;
        runs.erase(next);
    }
}

AuditGaps AuditSerials::gaps() const {
    AuditGaps gaps;
    gaps.all_seen = all_seen_;
    for (const auto& boot : boots_) {
        gaps.missing += boot.folded_missing;
        gaps.count += boot.folded_gaps;
        for (auto run = std::next(boot.runs.begin()); run != boot.runs.end(); ++run) {
            const auto from = std::prev(run)->second + 1;
            gaps.missing += run->first - from;
            ++gaps.count;
            if (gaps.ranges.size() < kMostRanges) gaps.ranges.emplace_back(from, run->first - 1);
        }
    }
    return gaps;
}

}  // namespace callgate::profiles
