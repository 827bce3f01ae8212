#pragma once

#include "harness/model/action.h"

#include <optional>
#include <string_view>
#include <vector>

namespace callgate::model {

/// How a workload is run against a profile.
enum class Mode {
    baseline,  ///< no filter, no tracer
    log,       ///< refusals are recorded and let through
    error,     ///< "errno": refusals are recorded and happen
    enforce,   ///< the candidate's own filter, no tracer
};

/// "baseline", "log", "errno", "enforce".
std::string_view mode_name(Mode mode);
std::optional<Mode> mode_from_name(std::string_view name);
std::vector<Mode> all_modes();

/// What happens to a call that the candidate answers with some action.
struct Decision {
    enum class Kind {
        native,       ///< the kernel does it; callgate rewrites nothing
        let_through,  ///< stop, record, let the call happen
        refuse,       ///< stop, record, answer with `error` in place of the call
    };
    Kind kind = Kind::native;
    int error = 0;  ///< errno of `refuse`; 0 makes the call return 0 without happening (seccomp(2), ERRNO)
    auto operator<=>(const Decision&) const = default;
};

/// The one place that says what each mode does with each action; instrumentation and every trap backend obey it.
/// TRACE and USER_NOTIF without their tracer or listener are refusals with ENOSYS, as the kernel makes them.
Decision decide(Mode mode, Action action);

/// The errno with which log mode refuses a call that is never let through: the action's own, or EPERM.
int errno_of_refusal(Action action);

}  // namespace callgate::model
