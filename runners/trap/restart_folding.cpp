#include "runners/trap/restart_folding.h"

#include "runners/trap/call_policy.h"
#include "runners/trap/registers.h"
#include "runners/trap/signals.h"

#include <random>
#include <utility>

namespace callgate::runners {

using Interruption = RestartMemory::Interruption;

RestartFolding::RestartFolding(bool restart_syscall_is_refused, TrapRecord& record)
    : mark_{std::random_device{}() | 1U}, restart_syscall_is_refused_{restart_syscall_is_refused}, record_{record} {}

bool RestartFolding::let_through(pid_t tid, RestartMemory& memory, const model::Call& call, const Place& place) const {
    memory.let_through = place;
    if (can_mark(call)) {
        mark(tid, call);
        return false;
    }
    if (!memory.restarts) memory.restarts = std::make_unique<Restarts>();
    memory.restarts->entered(call, place.stack_pointer);
    return true;
}

void RestartFolding::returned(RestartMemory& memory, std::int64_t result) {
    if (memory.restarts) memory.restarts->returned(result);
}

void RestartFolding::on_signal(pid_t tid, RestartMemory& memory, int signal) const {
    memory.signalled = true;
    const bool restartable = memory.restarts && memory.restarts->pending();
    if (!restartable && !restart_syscall_is_refused_) return;
    const auto disposition = disposition_of(tid, signal);
    if (restartable) memory.restarts->interrupted(disposition == Disposition::caught);
    note(tid, memory, disposition == Disposition::ignored ? Interruption::by_tracer : Interruption::genuine);
}

void RestartFolding::on_group_stop(pid_t tid, RestartMemory& memory) const {
    note(tid, memory, Interruption::genuine);
}

void RestartFolding::note(pid_t tid, RestartMemory& memory, Interruption how) const {
    std::int64_t result = 0;
    if (!restart_syscall_is_refused_ || memory.interruption == Interruption::of_let_through) return;
    if (read_result(tid, result) != Asked::done || result != kRestartBlock) return;
    if (marked(tid)) how = Interruption::of_let_through;
    if (memory.interruption != Interruption::genuine) memory.interruption = how;
}

bool RestartFolding::is_restart(pid_t tid, RestartMemory& memory, const model::Call& call, const Place& place) const {
    if (memory.restarts && memory.restarts->is_restart(call, place.stack_pointer)) return true;
    if (is_restart_syscall(call)) {
        const auto why = std::exchange(memory.interruption, Interruption::none);
        if (why == Interruption::of_let_through) mark(tid, call);
        return why == Interruption::of_let_through || why == Interruption::by_tracer;
    }
    const bool possible = can_mark(call) && (memory.let_through == place || memory.signalled);
    return possible && marked(tid);
}

void RestartFolding::mark(pid_t tid, const model::Call& call) const {
    done_or_noted(mark_call(tid, call, mark_), "mark a call of", tid, record_);
}

bool RestartFolding::marked(pid_t tid) const {
    bool marked = false;
    done_or_noted(is_marked(tid, mark_, marked), "read the registers of", tid, record_);
    return marked;
}

}  // namespace callgate::runners
