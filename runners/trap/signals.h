#pragma once

#include <sys/types.h>

namespace callgate::runners {

/// What a task does with a signal.
enum class Disposition {
    caught,   ///< by a handler
    ignored,  ///< explicitly, or by default (signal(7), "Ign")
    acted,    ///< by default it ends or stops
};

/// Of SigCgt and SigIgn in /proc/TID/status (proc(5)); `acted` for a task that is gone.
Disposition disposition_of(pid_t tid, int signal);

/// SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU: at a PTRACE_EVENT_STOP they mean a group stop (ptrace(2), "Group-stop").
bool is_stop_signal(int signal);

}  // namespace callgate::runners
