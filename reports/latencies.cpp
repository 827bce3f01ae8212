#include "reports/latencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <string_view>

namespace callgate::reports {

namespace {

constexpr std::array<std::string_view, 8> kHeights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
/// Exponents of two, in milliseconds: about 8 µs to about two hours.
constexpr int kLowest = -7;
constexpr int kHighest = 23;

/// The smallest power of two that is no less.
int column_of(double ms) {
    if (!(ms > 0)) return kLowest;
    return static_cast<int>(std::clamp<double>(std::ceil(std::log2(ms)), kLowest, kHighest));
}

}  // namespace

std::map<int, std::uint64_t> latency_columns(std::span<const model::LatencyBucket> buckets) {
    std::map<int, std::uint64_t> columns;
    for (const auto& bucket : buckets) {
        if (bucket.count > 0) columns[column_of(bucket.up_to_ms)] += bucket.count;
    }
    return columns;
}

std::string latency_picture(std::span<const model::LatencyBucket> buckets) {
    const auto columns = latency_columns(buckets);
    if (columns.empty()) return {};
    const auto fullest = std::max_element(columns.begin(), columns.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto first = columns.begin()->first;
    const auto last = columns.rbegin()->first;
    std::string picture = fmt::format("{:g} ms ", std::exp2(first - 1));
    for (int column = first; column <= last; ++column) {
        const auto found = columns.find(column);
        if (found == columns.end()) {
            picture += ' ';
            continue;
        }
        const auto share = static_cast<double>(found->second) / static_cast<double>(fullest->second);
        const auto height = std::ceil(share * static_cast<double>(kHeights.size())) - 1;
        picture += kHeights.at(static_cast<std::size_t>(std::max(0.0, height)));
    }
    return picture + fmt::format(" {:g} ms", std::exp2(last));
}

}  // namespace callgate::reports
