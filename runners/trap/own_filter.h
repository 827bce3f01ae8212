#pragma once

#include "harness/bpf/instrument.h"
#include "harness/bpf/program.h"
#include "harness/decode/task_view.h"
#include "harness/model/call.h"
#include "harness/model/mode.h"
#include "runners/trap/call_policy.h"
#include "runners/trap/trap_record.h"

#include <optional>
#include <string>
#include <vector>

namespace callgate::runners {

/// A seccomp filter that the workload loads by itself.
struct OwnFilter {
    bpf::Program program;  ///< empty when it could not be read, or is none that the kernel takes
    bool listener = false;
};

/// The filter that a call of seccomp or prctl would load; none when the call does something else.
std::optional<OwnFilter> own_filter(const model::Call& call, const decode::TaskView& task);

/// Names of the calls whose refusal such a filter hides: it answers them before they are handed to callgate, although
/// the candidate answers more strictly and would win without callgate (seccomp(2): KILL_PROCESS, KILL_THREAD, TRAP,
/// ERRNO, USER_NOTIF, TRACE, LOG, ALLOW). What it refuses at least as strictly as the candidate it refuses with or
/// without a profile. Looks at numbers only: a call may be named whose arguments never meet.
std::vector<std::string> hidden_by(const bpf::Program& own, const bpf::Program& candidate, model::Mode mode,
                                   bpf::HandOver how);

/// Tells `record` that the workload loaded such a filter, and what it hides, if anything.
void report_own_filter(const OwnFilter& own, const CallPolicy& policy, bpf::HandOver how, TrapRecord& record);

}  // namespace callgate::runners
