#include "harness/ports/read.h"

#include "harness/core/closest.h"
#include "harness/core/number.h"
#include "harness/document/read.h"

#include <fmt/format.h>

#include <string.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <vector>

namespace callgate::ports {

namespace {

constexpr std::string_view kPrefix = "SIG";
constexpr std::string_view kRealTime = "SIGRTMIN+";

/// The signals that have a name of their own end before the real-time ones (signal(7)); glibc keeps 32 and 33 for
/// itself.
constexpr int kFirstRealTimeKernelSignal = 32;

struct Unit {
    std::string_view name;
    std::uint64_t bytes;
};
constexpr std::array<Unit, 4> kUnits{{{"", 1}, {"KiB", 1U << 10}, {"MiB", 1U << 20}, {"GiB", 1U << 30}}};

std::vector<std::string> all_names() {
    std::vector<std::string> names;
    for (int number = 1; number < kFirstRealTimeKernelSignal; ++number) names.push_back(signal_name(number));
    return names;
}

}  // namespace

std::optional<int> signal_from_name(std::string_view name) {
    for (int number = 1; number < kFirstRealTimeKernelSignal; ++number) {
        if (name == signal_name(number)) return number;
    }
    if (name == kRealTime.substr(0, kRealTime.size() - 1)) return SIGRTMIN;
    if (!name.starts_with(kRealTime)) return std::nullopt;
    name.remove_prefix(kRealTime.size());
    const auto offset = core::number_in<int>(name);
    const bool fits = offset && !name.starts_with('-') && *offset <= SIGRTMAX - SIGRTMIN;
    return fits ? std::optional{SIGRTMIN + *offset} : std::nullopt;
}

std::string signal_name(int number) {
    if (number >= SIGRTMIN && number <= SIGRTMAX) {
        return number == SIGRTMIN ? "SIGRTMIN" : fmt::format("{}{}", kRealTime, number - SIGRTMIN);
    }
    const char* name = ::sigabbrev_np(number);
    return name != nullptr ? fmt::format("{}{}", kPrefix, name) : fmt::format("signal {}", number);
}

std::optional<int> read_signal(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto name = document::read_string(node, diagnostics);
    if (!name) return std::nullopt;
    if (const auto number = signal_from_name(*name)) return number;
    const auto with_prefix = std::string{kPrefix} + *name;
    const auto hint = signal_from_name(with_prefix) ? fmt::format("did you mean '{}'?", with_prefix)
                                                    : core::suggestion(*name, all_names());
    diagnostics.error(node.span, fmt::format("'{}' is not a signal", *name),
                      hint.empty() ? "a name as SIGHUP, SIGTERM or SIGRTMIN+1" : hint);
    return std::nullopt;
}

std::optional<core::Milliseconds> read_positive_duration(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto duration = document::read_duration(node, diagnostics);
    if (!duration || duration->count() > 0) return duration;
    diagnostics.error(node.span, fmt::format("'{}' is no time at all", node.scalar), "write more than 0");
    return std::nullopt;
}

std::optional<std::uint64_t> read_size(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
    const auto unit = std::string_view{*text}.substr(static_cast<std::size_t>(end - text->data()));
    const auto* found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == unit; });
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 50;
    if (error == std::errc{} && found != kUnits.end() && count > 0 && count <= kLargest / found->bytes) {
        return count * found->bytes;
    }
    diagnostics.error(node.span, fmt::format("'{}' is not a size", *text),
                      "a whole number and a unit: 64KiB, 16MiB, 1GiB, or bytes alone");
    return std::nullopt;
}

std::string size_text(std::uint64_t bytes) {
    auto unit = kUnits.size() - 1;
    while (unit > 0 && (bytes == 0 || bytes % kUnits[unit].bytes != 0)) --unit;
    return unit == 0 ? fmt::format("{} bytes", bytes)
                     : fmt::format("{}{}", bytes / kUnits[unit].bytes, kUnits[unit].name);
}

model::Place place_of(const core::Span& span) {
    const auto [line, column] = span.position();
    return {span.file(), line, column};
}

std::string duration_text(core::Milliseconds duration) {
    constexpr core::Milliseconds::rep kSecond = 1000;
    const auto count = duration.count();
    return count % kSecond == 0 ? fmt::format("{}s", count / kSecond) : fmt::format("{}ms", count);
}

}  // namespace callgate::ports
