#include "runners/trap/signals.h"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace callgate::runners {

namespace {

/// The set behind "SigCgt:\t" in a line of a status file.
std::uint64_t signal_set(std::string_view line, std::string_view label) {
    std::uint64_t set = 0;
    if (line.substr(0, label.size()) == label) {
        std::from_chars(line.data() + label.size(), line.data() + line.size(), set, 16);
    }
    return set;
}

bool ignored_by_default(int signal) {
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
}

}  // namespace

Disposition disposition_of(pid_t tid, int signal) {
    std::ifstream status{fmt::format("/proc/{}/status", tid)};
    std::uint64_t caught = 0;
    std::uint64_t ignored = 0;
    bool known = false;
    for (std::string line; std::getline(status, line);) {
        known = true;
        ignored |= signal_set(line, "SigIgn:\t");
        caught |= signal_set(line, "SigCgt:\t");
    }
    const auto bit = std::uint64_t{1} << (static_cast<unsigned>(signal) - 1U);
    if ((caught & bit) != 0) return Disposition::caught;
    const bool is_ignored = known && ((ignored & bit) != 0 || ignored_by_default(signal));
    return is_ignored ? Disposition::ignored : Disposition::acted;
}

bool is_stop_signal(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

}  // namespace callgate::runners
