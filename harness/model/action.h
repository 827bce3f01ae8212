#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::model {

/// What a filter says of a call, in the kernel's order of precedence, strongest first (seccomp(2), "Filters").
enum class ActionKind { kill_process, kill_thread, trap, error, user_notif, trace, log, allow };

/// A filter's return value: the action and its 16 bits of data (errno for `error`, the cookie for `trace`).
struct Action {
    ActionKind kind = ActionKind::allow;
    std::uint16_t data = 0;
    auto operator<=>(const Action&) const = default;

    /// Reads a SECCOMP_RET value as the kernel does: an unknown action is KILL_PROCESS (kernel/seccomp.c, since 4.14).
    static Action from_return(std::uint32_t value);
    [[nodiscard]] std::uint32_t to_return() const;
};

/// True for everything except ALLOW and LOG: the call as made does not happen.
bool refuses(Action action);

/// "ALLOW", "ERRNO(EPERM)", "KILL_PROCESS"…
std::string describe(Action action);

/// "EPERM", or "errno 4000" for one without a name.
std::string errno_name(int number);

/// The number of "EPERM"; none for what is no name of an errno on this architecture.
std::optional<int> errno_number(std::string_view name);

/// What a system call gave back, as a person says it: "3", "-1 EPERM (Operation not permitted)"; -errno is an error.
std::string returned_words(std::int64_t returned);

}  // namespace callgate::model
