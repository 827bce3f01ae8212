#include "runners/trap/untraced_clones.h"

#include "runners/trap/registers.h"

#include <linux/sched.h>
#include <sys/ptrace.h>

#include <algorithm>

namespace callgate::runners {

namespace {

/// Children that are killed before their first stop leave their entry behind.
constexpr std::size_t kMostOutstanding = 64;

/// struct clone_args begins with its flags (clone(2)).
Asked read_flags(pid_t tid, std::uint64_t address, std::uint64_t& flags) {
    return ptrace_request(PTRACE_PEEKDATA, tid, static_cast<std::uintptr_t>(address), &flags);
}

Asked write_flags(pid_t tid, const model::Call& call, Watch kind, std::uint64_t flags) {
    if (kind == Watch::untraced_clone) return write_first_argument(tid, call.audit_arch, flags);
    return ptrace_request(PTRACE_POKEDATA, tid, static_cast<std::uintptr_t>(call.args[0]),
                          static_cast<std::uintptr_t>(flags));
}

std::uint64_t without(std::uint64_t flags) {
    return flags & ~std::uint64_t{CLONE_UNTRACED};
}

}  // namespace

bool UntracedClones::defuse(pid_t tid, const model::Call& call, Watch kind) {
    Defused defused{tid, call, kind, call.args[0]};
    if (kind == Watch::clone3 && read_flags(tid, call.args[0], defused.flags) != Asked::done) return false;
    if ((defused.flags & CLONE_UNTRACED) == 0) return false;
    if (write_flags(tid, call, kind, without(defused.flags)) != Asked::done) return false;
    if (outstanding_.size() >= kMostOutstanding) outstanding_.pop_front();
    outstanding_.push_back(defused);
    return true;
}

void UntracedClones::put_back(pid_t tid, const Defused& defused) {
    // Whoever dies meanwhile needs no flags.
    (void)write_flags(tid, defused.call, defused.kind, defused.flags);
}

void UntracedClones::returned(pid_t tid, std::int64_t result) {
    for (auto& defused : outstanding_) {
        if (defused.parent != tid || !defused.awaits_return) continue;
        put_back(tid, defused);
        defused.awaits_return = false;
        if (result < 0) defused.awaits_child = false;
    }
    forget_finished();
}

void UntracedClones::born(pid_t tid) {
    if (outstanding_.empty()) return;
    model::Call made;
    if (read_last_call(tid, made) != Asked::done) return;
    // A new task wakes in the registers of its parent's call.
    const auto found = std::find_if(outstanding_.begin(), outstanding_.end(), [&](const Defused& defused) {
        auto args = defused.call.args;
        if (defused.kind == Watch::untraced_clone) args[0] = without(args[0]);
        return defused.awaits_child && made.nr == defused.call.nr && made.args == args;
    });
    if (found == outstanding_.end()) return;
    put_back(tid, *found);
    found->awaits_child = false;
    forget_finished();
}

void UntracedClones::forget_finished() {
    const auto finished = [](const Defused& d) { return !d.awaits_return && !d.awaits_child; };
    outstanding_.erase(std::remove_if(outstanding_.begin(), outstanding_.end(), finished), outstanding_.end());
}

}  // namespace callgate::runners
