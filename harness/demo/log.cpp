#include "harness/demo/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>

namespace callgate::demo {
namespace {

constexpr mode_t kAccessLogMode = 0640;

UniqueFd open_for_append(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kAccessLogMode));
    if (!file) throw std::system_error(errno, std::generic_category(), "cannot open access log " + path);
    return file;
}

}  // namespace

void log_line(std::string_view message) {
    std::string line = "callgate-demo-server: ";
    line.append(message).push_back('\n');
    // One write per line, so that lines of several threads do not mix. Nobody is left to tell if stderr is gone.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void log_line(std::string_view what, int error) {
    log_line(std::string(what) + ": " + std::generic_category().message(error));
}

AccessLog::AccessLog(std::string path) : path_(std::move(path)), file_(open_for_append(path_)) {}

void AccessLog::write(std::string_view line) {
    if (::write(file_.get(), line.data(), line.size()) >= 0) return;
    static std::atomic<bool> reported = false;
    if (!reported.exchange(true)) log_line("cannot write to access log " + path_, errno);
}

void AccessLog::reopen() {
    const UniqueFd fresh = open_for_append(path_);
    // Whoever rotates may have created the file already, with other permissions.
    if (::fchmod(fresh.get(), kAccessLogMode) != 0) log_line("cannot set permissions of access log " + path_, errno);
    // Workers keep the number and need no lock: dup3 exchanges the file behind it in one step.
    if (::dup3(fresh.get(), file_.get(), O_CLOEXEC) < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot exchange access log " + path_);
    }
}

std::string timestamp() {
    using std::chrono::days;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto midnight = std::chrono::floor<days>(now);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss time(now - midnight);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

}  // namespace callgate::demo
