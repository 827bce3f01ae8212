#include "harness/ports/read.h"

#include "harness/core/closest.h"
#include "harness/document/read.h"

#include <fmt/format.h>

#include <string.h>

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
    int offset = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), offset);
    const bool number = error == std::errc{} && end == name.data() + name.size() && !name.starts_with('-');
    return number && offset <= SIGRTMAX - SIGRTMIN ? std::optional{SIGRTMIN + offset} : std::nullopt;
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
