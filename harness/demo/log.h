#pragma once

#include "harness/demo/descriptor.h"

#include <string>
#include <string_view>

namespace callgate::demo {

/// Writes one line to stderr, with the program's name in front. Any thread; never fails.
void log_line(std::string_view message);

/// As above, with what `error` (an errno value) means at the end.
void log_line(std::string_view what, int error);

/// The access log: one line per request, appended by any thread without a lock.
class AccessLog {
public:
    /// Throws std::system_error when the file cannot be opened.
    explicit AccessLog(std::string path);

    void write(std::string_view line);

    /// Starts a new file after the old one was renamed. Throws std::system_error and goes on with the old one
    /// when that fails.
    void reopen();

private:
    std::string path_;
    UniqueFd file_;
};

/// The present moment in UTC, as in 2026-03-01T12:00:00Z. Needs no time zone file.
std::string timestamp();

}  // namespace callgate::demo
