#pragma once

#include "harness/core/result.h"
#include "harness/model/recording.h"
#include "harness/ports/launch.h"
#include "runners/launch/launch_page.h"
#include "runners/trap_backend.h"

#include <sys/types.h>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace callgate::runners {

/// Records which system calls one process tree makes. It begins with the execve(2) of the workload's first process,
/// which counts (a profile must permit it); what callgate's own launch does before that does not. All calls from any
/// thread but where it says otherwise.
class Recorder {
public:
    virtual ~Recorder() = default;

    /// What the first process must load so that its calls can be seen; null where nothing. Lives as long as the
    /// recorder. One that has a filter cannot record a workload that is confined too.
    [[nodiscard]] virtual const Filter* filter() const { return nullptr; }

    /// Begins to watch `leader`, which waits at `page` and has not yet executed the workload; its descendants follow by
    /// themselves. `keeper` is callgate's end of the socket to the leader's keeper. Both outlive the recorder. Once.
    virtual core::Status attach(pid_t leader, LaunchPage& page, int keeper) = 0;

    /// From now on calls belong to this phase: all that are entered after it returned. 0 before the first time.
    virtual void set_phase(int phase) = 0;

    /// Stops watching, so that nobody pays for it any longer; recorded() is final then. The tree may still be there:
    /// what it calls later is not seen. More than once is fine.
    virtual void stop() = 0;

    /// Everything so far, sorted by phase, then by architecture, number and executable.
    [[nodiscard]] virtual std::vector<model::RecordedCall> recorded() const = 0;

    /// What it could not see or count. Final after stop().
    [[nodiscard]] virtual ports::Gaps gaps() const = 0;
};

/// Whether recorded() shall say where in the code calls were made (model::RecordedCall::stack). Where it need not, a
/// recorder may save itself the work.
enum class Stacks { unwanted, wanted };

/// A way of recording.
struct RecorderKind {
    std::string_view name;
    std::string_view summary;
    /// What it cannot do, each as the end of "it …".
    std::span<const std::string_view> limits;
    bool records_confined;  ///< it needs no filter of its own, so that the workload can have one
    /// Tries it, as far as that goes without a workload; the error carries the remedy.
    core::Status (*probe)();
    /// For one process tree; any number of them may record at the same time.
    core::Result<std::unique_ptr<Recorder>> (*make)(Stacks stacks);
    /// For a second pass at full speed: what an earlier recording showed is permitted in the kernel, and only news are
    /// recorded, that is other calls, and other values of recorded arguments. Null where no call is slow.
    core::Result<std::unique_ptr<Recorder>> (*make_for_news)(std::span<const model::RecordedCall> learnt) = nullptr;
};

/// All of recorder_kinds.inc, in its order: the first that works on a host is the best there.
std::span<const RecorderKind* const> recorder_kinds();

}  // namespace callgate::runners
