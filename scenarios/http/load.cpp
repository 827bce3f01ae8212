#include "scenarios/http/load.h"

#include <fmt/format.h>

#include <strings.h>
#include <sys/resource.h>

#include <algorithm>

namespace callgate::scenarios::http {

double LoadResult::requests_per_second() const {
    constexpr double kMillisecondsPerSecond = 1000;
    const auto milliseconds = std::max<core::Milliseconds::rep>(elapsed.count(), 1);
    return static_cast<double>(requests) * kMillisecondsPerSecond / static_cast<double>(milliseconds);
}

std::string describe_failures(const std::map<std::string, std::uint64_t>& failures) {
    constexpr std::size_t kShown = 3;
    std::vector<std::pair<std::string, std::uint64_t>> sorted{failures.begin(), failures.end()};
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> words;
    std::uint64_t others = 0;
    for (const auto& [text, count] : sorted) {
        if (words.size() < kShown) {
            words.push_back(fmt::format("{} ({})", text, count));
        } else {
            others += count;
        }
    }
    if (others != 0) words.push_back(fmt::format("others ({})", others));
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string request_text(const LoadSpec& spec) {
    const auto given = [&](const char* name) {
        return std::any_of(spec.headers.begin(), spec.headers.end(),
                           [&](const auto& header) { return ::strcasecmp(header.first.c_str(), name) == 0; });
    };
    auto text = fmt::format("{} {} HTTP/1.1\r\n", spec.method, spec.url.target);
    if (!given("Host")) text += fmt::format("Host: {}\r\n", spec.url.authority);
    if (!given("User-Agent")) text += "User-Agent: callgate\r\n";
    if (!given("Accept")) text += "Accept: */*\r\n";
    for (const auto& [name, value] : spec.headers) text += fmt::format("{}: {}\r\n", name, value);
    if (!spec.keep_alive) text += "Connection: close\r\n";
    // Without it a server would wait for, or refuse, a body of unknown length (RFC 9110 section 8.6).
    const bool takes_body = spec.method == "POST" || spec.method == "PUT" || spec.method == "PATCH";
    if (takes_body || !spec.body.empty()) text += fmt::format("Content-Length: {}\r\n", spec.body.size());
    return text + "\r\n" + spec.body;
}

std::string lacking_descriptors(std::size_t connections) {
    // What callgate needs for itself.
    constexpr std::size_t kSpare = 64;
    const auto needed = connections + kSpare;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
    return fmt::format("{} connections need {} open files and the limit is {}; raise it with ulimit -n", connections,
                       needed, limit.rlim_cur);
}

}  // namespace callgate::scenarios::http
