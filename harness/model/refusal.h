#pragma once

#include "harness/core/clock.h"
#include "harness/model/action.h"
#include "harness/model/call.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::model {

/// Where in the code a call was made.
struct StackFrame {
    std::string module;  ///< path of the mapped file, "[vdso]", or "" for anonymous memory
    std::string symbol;
    std::uint64_t offset = 0;  ///< within the module's file mapping; the address itself where there is none
    std::string file;
    int line = 0;
};

/// All refusals of one (architecture, number, call site, phase): the first one in full, the rest counted.
struct Refusal {
    Call call;                ///< of the first one
    Action action;            ///< what the candidate answered
    bool happened = false;    ///< true when the call was really refused, false when it was let through
    std::uint64_t count = 0;  ///< exact
    int phase = 0;            ///< index that the engine gave with set_phase()
    std::string decoded;      ///< "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY)"
    pid_t pid = 0;            ///< of the first one
    pid_t tid = 0;
    std::string comm;
    std::string exe;
    core::SteadyTime first_at;
    std::vector<StackFrame> stack;
    /// What the application got back from the first one, -errno for an error; none where it never came back.
    std::optional<std::int64_t> returned;
    /// Bit i: argument i is a value that a filter can sensibly ask for (flags, a command, a mode), not a pointer, a
    /// descriptor, a size or the like.
    std::uint8_t filterable = 0;
};

}  // namespace callgate::model
