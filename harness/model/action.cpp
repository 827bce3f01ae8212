#include "harness/model/action.h"

#include <fmt/format.h>

#include <linux/seccomp.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace callgate::model {

Action Action::from_return(std::uint32_t value) {
    const auto data = static_cast<std::uint16_t>(value & SECCOMP_RET_DATA);
    switch (value & SECCOMP_RET_ACTION_FULL) {
        case SECCOMP_RET_KILL_THREAD:
            return {ActionKind::kill_thread, data};
        case SECCOMP_RET_TRAP:
            return {ActionKind::trap, data};
        case SECCOMP_RET_ERRNO:
            return {ActionKind::error, data};
        case SECCOMP_RET_USER_NOTIF:
            return {ActionKind::user_notif, data};
        case SECCOMP_RET_TRACE:
            return {ActionKind::trace, data};
        case SECCOMP_RET_LOG:
            return {ActionKind::log, data};
        case SECCOMP_RET_ALLOW:
            return {ActionKind::allow, data};
        default:
            return {ActionKind::kill_process, data};
    }
}

std::uint32_t Action::to_return() const {
    switch (kind) {
        case ActionKind::kill_process:
            return SECCOMP_RET_KILL_PROCESS | data;
        case ActionKind::kill_thread:
            return SECCOMP_RET_KILL_THREAD | data;
        case ActionKind::trap:
            return SECCOMP_RET_TRAP | data;
        case ActionKind::error:
            return SECCOMP_RET_ERRNO | data;
        case ActionKind::user_notif:
            return SECCOMP_RET_USER_NOTIF | data;
        case ActionKind::trace:
            return SECCOMP_RET_TRACE | data;
        case ActionKind::log:
            return SECCOMP_RET_LOG | data;
        case ActionKind::allow:
            return SECCOMP_RET_ALLOW | data;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

bool refuses(Action action) {
    return action.kind != ActionKind::allow && action.kind != ActionKind::log;
}

std::string errno_name(int number) {
    const char* name = ::strerrorname_np(number);
    return name != nullptr ? std::string{name} : fmt::format("errno {}", number);
}

std::optional<int> errno_number(std::string_view name) {
    // Second names, which strerrorname_np() does not give (asm-generic/errno.h).
    if (name == "EWOULDBLOCK") return EWOULDBLOCK;
    if (name == "EDEADLOCK") return EDEADLOCK;
    if (name == "ENOTSUP") return ENOTSUP;
    constexpr int kLargest = 4095;
    for (int number = 1; number <= kLargest; ++number) {
        const char* known = ::strerrorname_np(number);
        if (known != nullptr && name == known) return number;
    }
    return std::nullopt;
}

std::string returned_words(std::int64_t returned) {
    // "No system call returns a value that could be taken for an error": include/linux/err.h, MAX_ERRNO.
    constexpr std::int64_t kLargestErrno = 4095;
    // An address is no number that people count with.
    constexpr std::int64_t kDecimalUpTo = 0xffff'ffff;
    if (returned < 0 && returned >= -kLargestErrno) {
        const auto number = static_cast<int>(-returned);
        const char* meaning = ::strerrordesc_np(number);
        return meaning == nullptr ? fmt::format("-1 {}", errno_name(number))
                                  : fmt::format("-1 {} ({})", errno_name(number), meaning);
    }
    return returned < 0 || returned > kDecimalUpTo ? fmt::format("{:#x}", static_cast<std::uint64_t>(returned))
                                                   : fmt::format("{}", returned);
}

std::string describe(Action action) {
    switch (action.kind) {
        case ActionKind::kill_process:
            return "KILL_PROCESS";
        case ActionKind::kill_thread:
            return "KILL_THREAD";
        case ActionKind::trap:
            return "TRAP";
        case ActionKind::error:
            return fmt::format("ERRNO({})", errno_name(action.data));
        case ActionKind::user_notif:
            return "USER_NOTIF";
        case ActionKind::trace:
            return "TRACE";
        case ActionKind::log:
            return "LOG";
        case ActionKind::allow:
            return "ALLOW";
    }
    return "KILL_PROCESS";
}

}  // namespace callgate::model
