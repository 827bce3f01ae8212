#pragma once

#include "harness/model/call.h"
#include "runners/trap/ptrace_request.h"
#include "runners/trap/watches.h"

#include <sys/types.h>

#include <cstdint>
#include <deque>

namespace callgate::runners {

/// Keeps children with their tracer that clone or clone3 would let go with CLONE_UNTRACED (clone(2)): takes the flag
/// away at the call's entry and puts it back where the program can see it, in the parent and in the child. The tracer
/// thread's own.
class UntracedClones {
public:
    /// At the entry of a call that Watches names. True when the flag was there and is taken away: returned() must
    /// follow.
    bool defuse(pid_t tid, const model::Call& call, Watch kind);

    /// At the return of that call.
    void returned(pid_t tid, std::int64_t result);

    /// At the first stop of any new task; cheap while nothing is outstanding.
    void born(pid_t tid);

private:
    struct Defused {
        pid_t parent = 0;
        model::Call call;
        Watch kind{};
        std::uint64_t flags = 0;  ///< as the program gave them
        bool awaits_return = true;
        bool awaits_child = true;
    };

    static void put_back(pid_t tid, const Defused& defused);
    void forget_finished();

    std::deque<Defused> outstanding_;
};

}  // namespace callgate::runners
