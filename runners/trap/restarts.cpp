#include "runners/trap/restarts.h"

#include "runners/trap/call_policy.h"

#include <algorithm>

namespace callgate::runners {

namespace {

// include/linux/errno.h; user space never sees them.
constexpr std::int64_t kRestartSys = -512;
constexpr std::int64_t kRestartNoIntr = -513;
constexpr std::int64_t kRestartNoHand = -514;

}  // namespace

bool is_restart_code(std::int64_t result) {
    return result == kRestartSys || result == kRestartNoIntr || result == kRestartNoHand || result == kRestartBlock;
}

void Restarts::entered(const model::Call& call, std::uint64_t stack_pointer) {
    current_ = {call, stack_pointer, 0};
}

void Restarts::returned(std::int64_t result) {
    if (!is_restart_code(result)) return;
    current_.how = result;
    pending_.push_back(current_);
}

void Restarts::interrupted(bool caught) {
    if (!caught || pending_.empty()) return;
    // With a handler these two become EINTR. ERESTARTSYS does so too unless the handler has SA_RESTART, which nobody
    // outside the kernel can see; nearly every handler of a server has it, so a repeat counts as the kernel's.
    const auto how = pending_.back().how;
    if (how == kRestartNoHand || how == kRestartBlock) pending_.pop_back();
}

bool Restarts::is_restart(const model::Call& call, std::uint64_t stack_pointer) {
    const auto matches = [&](const Interrupted& before) {
        if (before.stack_pointer != stack_pointer) return false;
        if (before.how == kRestartBlock) return is_restart_syscall(call);
        return before.call == call;
    };
    const auto found = std::find_if(pending_.rbegin(), pending_.rend(), matches);
    if (found == pending_.rend()) return false;
    current_ = *found;
    pending_.erase(found.base() - 1, pending_.end());
    return true;
}

}  // namespace callgate::runners
