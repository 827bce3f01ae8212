#include "scenarios/http/tally.h"

#include <fmt/format.h>

#include <utility>

namespace callgate::scenarios::http {

std::size_t Tally::kept_of_bodies() const {
    return limits_.observe || !spec_.body_contains.empty() ? kKeptBody : 0;
}

void Tally::answered(unsigned status, std::string_view kept, std::uint64_t size, std::chrono::nanoseconds latency) {
    if (!spec_.status.contains(status)) return failed(fmt::format("status {}", status));
    if (kept.find(spec_.body_contains) == std::string_view::npos) return failed("another body");
    result_.latency.add(latency);
    result_.bytes += size;
    if (limits_.observe) {
        bodies_.add(kept, size);
        statuses_.insert(status);
    }
    finished_one();
}

void Tally::failed(const std::string& why) {
    constexpr std::size_t kDistinct = 100;
    ++result_.failed;
    ++result_.failures[result_.failures.size() < kDistinct ? why : "something else"];
    finished_one();
}

void Tally::finished_one() {
    ++result_.requests;
    if (limits_.on_done) limits_.on_done(result_.requests);
}

LoadResult Tally::finish() {
    result_.bodies = bodies_.text();
    result_.statuses = fmt::format("{}", fmt::join(statuses_, " or "));
    return std::move(result_);
}

}  // namespace callgate::scenarios::http
