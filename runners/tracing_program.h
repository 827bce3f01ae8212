#pragma once

#include <string>

namespace callgate::runners {

/// Why a program will trace processes by itself, which it cannot where callgate traces it: a debugger by its name, or a
/// program with LeakSanitizer (lsan/lsan_common_linux.cpp stops its threads with ptrace at exit). "" where nothing says
/// so. Reads the file; one that cannot be read says nothing.
std::string why_it_traces(const std::string& program);

}  // namespace callgate::runners
