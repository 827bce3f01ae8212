#include "harness/core/closest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace callgate::core {

namespace {

constexpr std::size_t kLongestCompared = 64;
constexpr std::size_t kListedAtMost = 16;

char folded(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Optimal string alignment distance (Levenshtein's, and two neighbours that changed places count once); letters are
/// compared without case: a wrong case alone is distance 0.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t substituted = last[j] + (folded(a[i]) == folded(b[j]) ? 0 : 1);
            row[j + 1] = std::min({last[j + 1] + 1, row[j] + 1, substituted});
            const bool swapped = i > 0 && j > 0 && folded(a[i]) == folded(b[j - 1]) && folded(a[i - 1]) == folded(b[j]);
            if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last.back();
}

}  // namespace

std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates) {
    if (word.empty() || word.size() > kLongestCompared) return std::nullopt;
    const std::string* best = nullptr;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto d = distance(word, candidate);
        if (d < best_distance) {
            best = &candidate;
            best_distance = d;
        }
    }
    return best == nullptr ? std::nullopt : std::optional{*best};
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
    if (const auto near = closest(word, candidates)) return fmt::format("did you mean '{}'?", *near);
    if (candidates.empty() || candidates.size() > kListedAtMost) return {};
    return fmt::format("one of {}", fmt::join(candidates, ", "));
}

}  // namespace callgate::core
