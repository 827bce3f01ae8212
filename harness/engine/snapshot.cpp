#include "harness/engine/snapshot.h"

#include "harness/core/stable_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string_view>

namespace callgate::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 5'000;
constexpr std::size_t kMostTrouble = 1'000;
constexpr std::size_t kLongestLine = 400;

/// What a line says that somebody should read: the servers' own levels, and words of libc's messages. Whole words, so
/// that `error_log` is none; a `*` stands for any ending.
constexpr std::array kTroubleWords{
    "abort*",   "alert",  "assert*",   "backtrace", "cannot",        "corrupt*",      "could not", "crash*",  "crit*",
    "denied",   "emerg*", "error",     "errors",    "exception*",    "fail*",         "fatal",     "invalid", "panic*",
    "segfault", "unable", "traceback", "[warn]",    "not permitted", "terminated by", "warning:",
};

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool says(std::string_view line, std::string_view word) {
    const bool any_ending = word.ends_with('*');
    if (any_ending) word.remove_suffix(1);
    for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_word(line[at - 1]);
        const bool ends = any_ending || end == line.size() || !is_word(line[end]) || !is_word(word.back());
        if (begins && ends) return true;
    }
    return false;
}

bool speaks_of_trouble(std::string_view line) {
    std::string lower{line};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(kTroubleWords.begin(), kTroubleWords.end(), [&](const char* word) { return says(lower, word); });
}

void add_trouble(const fs::path& file, std::uint64_t from, const std::string& directory,
                 std::map<std::string, std::string>& trouble) {
    std::ifstream text{file};
    // A file that is shorter than it was has been begun anew.
    std::error_code error;
    if (fs::file_size(file, error) >= from && !error) text.seekg(static_cast<std::streamoff>(from));
    for (std::string line; trouble.size() < kMostTrouble && std::getline(text, line);) {
        if (line.size() > kLongestLine) line.resize(kLongestLine);
        if (speaks_of_trouble(line)) trouble.emplace(core::stable_text(line, directory), line);
    }
}

std::uint64_t size_before(const FileSizes& before, const std::string& path) {
    const auto found = before.find(path);
    return found == before.end() ? 0 : found->second;
}

}  // namespace

FileSizes file_sizes(const fs::path& directory) {
    FileSizes sizes;
    std::error_code error;
    fs::recursive_directory_iterator at{directory, fs::directory_options::skip_permission_denied, error};
    while (!error && at != fs::recursive_directory_iterator{} && sizes.size() < kMostFiles) {
        std::error_code gone;
        if (at->symlink_status(gone).type() == fs::file_type::regular && !gone) {
            const auto size = at->file_size(gone);
            if (!gone) sizes[at->path().lexically_relative(directory)] = size;
        }
        at.increment(error);
    }
    return sizes;
}

std::map<std::string, SeenFile> see_files(const fs::path& directory, const FileSizes& before) {
    std::map<std::string, SeenFile> files;
    for (const auto& [path, size] : file_sizes(directory)) {
        // Several may be one to another run: the largest stands for them.
        auto& seen = files[core::stable_text(path)];
        seen.size = std::max(seen.size, size);
        seen.grew = seen.grew || size > size_before(before, path);
    }
    return files;
}

std::map<std::string, std::string> see_trouble(const fs::path& directory, const fs::path& log,
                                               const FileSizes& before) {
    std::map<std::string, std::string> trouble;
    add_trouble(log, size_before(before, log), directory, trouble);
    for (const auto& entry : file_sizes(directory)) {
        if (fs::path{entry.first}.extension() == ".log")
            add_trouble(directory / entry.first, size_before(before, entry.first), directory, trouble);
    }
    return trouble;
}

namespace {

/// What the latency oracle goes by. Of few requests the slowest percent is the single slowest one, which a busy disk
/// may make of any: there the half of them counts.
bool is_telling(const model::StepResult& step, std::string_view metric) {
    constexpr double kMany = 100;
    const auto requests = std::find_if(step.metrics.begin(), step.metrics.end(),
                                       [](const model::Metric& one) { return one.name == "requests"; });
    const bool few = requests != step.metrics.end() && requests->value < kMany;
    return metric.ends_with("_max_ms") || metric.ends_with(few ? "_p50_ms" : "_p99_ms");
}

}  // namespace

void see_steps(const std::vector<model::StepResult>& steps, Snapshot& snapshot) {
    for (const auto& step : steps) {
        const auto name = core::stable_text(step.name);
        for (const auto& [subject, value] : step.observations)
            snapshot.answers[fmt::format("{}: {}", name, core::stable_text(subject))] = value;
        for (const auto& metric : step.metrics) {
            if (!is_telling(step, metric.name)) continue;
            auto& latency = snapshot.latencies[fmt::format("{}: {}", name, metric.name)];
            latency = std::max(latency, metric.value);
        }
    }
}

}  // namespace callgate::engine
