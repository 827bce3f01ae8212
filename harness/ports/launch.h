#pragma once

#include "harness/bpf/program.h"
#include "harness/core/clock.h"
#include "harness/core/result.h"
#include "harness/core/unique_fd.h"
#include "harness/model/mode.h"
#include "harness/model/recording.h"
#include "harness/model/refusal.h"
#include "harness/model/run_result.h"
#include "harness/ports/shortage.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callgate::ports {

/// Who the workload runs as.
struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
};

/// A process that stands still at a refused call, before it makes it, free to be attached to by a debugger.
struct Held {
    pid_t pid = 0;
    pid_t tid = 0;              ///< of the thread that is about to make the call
    std::string call;           ///< decoded
    bool still_traced = false;  ///< asked again: the debugger has not detached
};

/// Tells a person of it and returns when the process may go on. Called on a thread of its own.
using HoldFunction = std::function<void(const Held&)>;

/// The filter of a workload and how it is watched.
struct Confinement {
    model::Mode mode = model::Mode::enforce;  ///< never baseline: that is no Confinement at all
    bpf::Program candidate;                   ///< as the profile compiles; what the kernel gets follows from the mode
    std::uint32_t filter_flags = 0;           ///< of seccomp(2), SECCOMP_FILTER_FLAG_…
    std::vector<std::string> never_let_through;  ///< names that log mode refuses all the same
    HoldFunction hold{};                         ///< empty: nobody is held at a refusal
};

/// Everything needed to start a program. File descriptors are borrowed: they need only live until launch() returns.
struct LaunchRequest {
    std::string executable;         ///< absolute, or with a slash: no PATH search happens
    std::vector<std::string> argv;  ///< argv[0] included
    std::vector<std::string> env;   ///< "NAME=value", the whole environment
    std::string directory;          ///< "" for the current one
    std::optional<Identity> identity;
    int standard_input = 0;
    int standard_output = 1;
    int standard_error = 2;
    bool own_session = true;  ///< false: stays in callgate's process group, for a program at a terminal
    std::optional<Confinement> confinement;
    bool record = false;  ///< which system calls it makes, by the recorder that the runner was made with
};

/// What the watching could not see; empty when it saw everything.
using Gaps = std::vector<std::string>;

/// Something that the watching saw and that is worth knowing, though it changes no verdict.
struct Note {
    int phase = 0;  ///< as set_phase() said when it was seen
    std::string text;
    auto operator<=>(const Note&) const = default;
};

/// A process of a workload as /proc shows it.
struct LiveProcess {
    pid_t pid = 0;
    std::uint64_t started = 0;  ///< clock ticks after boot: with the pid, who it is for ever
    std::string comm;           ///< at most 15 characters (proc_pid_comm(5))
    std::string command_line;   ///< arguments with blanks between them, as ps shows it; a program may rewrite it
};

/// A launched program with everything that descends from it. All calls are safe from any thread.
/// Destroying it kills the whole tree and waits until it is gone.
class Instance {
public:
    virtual ~Instance() = default;

    /// The first process.
    [[nodiscard]] virtual pid_t leader() const = 0;

    /// Why the program could not be started although it was launched (its execve failed), or "".
    /// Known once leader_end() is no longer `running`.
    [[nodiscard]] virtual std::string start_failure() const = 0;

    /// How the first process ended, or `running`.
    [[nodiscard]] virtual model::ProcessEnd leader_end() const = 0;

    /// Waits until the first process ended; false at the deadline.
    virtual bool wait_leader(core::SteadyTime deadline) = 0;

    /// Waits until the first process and all its descendants are gone; false at the deadline.
    virtual bool wait_gone(core::SteadyTime deadline) = 0;

    /// Becomes readable (and stays so) when the first process ended; for poll(2).
    [[nodiscard]] virtual int leader_ended_fd() const = 0;

    /// Every live process of the tree, the first one included.
    [[nodiscard]] virtual std::vector<pid_t> processes() const = 0;

    /// The same with what they are called, the first process first, then the oldest first.
    [[nodiscard]] virtual std::vector<LiveProcess> live_processes() const = 0;

    /// Sends a signal to one process of the tree. A process that is gone is not an error.
    virtual core::Status signal(pid_t pid, int number) = 0;

    /// Makes the whole tree short of something. An error says what this host lacks, and the remedy. The squeeze borrows
    /// the instance.
    virtual core::Result<std::unique_ptr<Squeeze>> squeeze(const Shortage& shortage) = 0;

    /// Kills everything with SIGKILL and waits until it is gone.
    virtual void kill_all() = 0;

    /// From now on refusals, and calls that are recorded, belong to this phase.
    virtual void set_phase(int phase) = 0;

    /// All refusals so far, in order of their first appearance. Empty without a trap.
    [[nodiscard]] virtual std::vector<model::Refusal> refusals() const = 0;

    /// Number of refusals so far; cheap.
    [[nodiscard]] virtual std::uint64_t refused() const = 0;

    /// Which system calls were made so far, sorted by phase, then by architecture, number and executable. Empty unless
    /// LaunchRequest::record asked for them.
    [[nodiscard]] virtual std::vector<model::RecordedCall> recorded() const { return {}; }

    [[nodiscard]] virtual Gaps gaps() const = 0;

    [[nodiscard]] virtual std::vector<Note> notes() const = 0;

    /// True when the workload had to be given no_new_privs to load the filter.
    [[nodiscard]] virtual bool no_new_privs() const = 0;
};

/// A mounted file system; unmounted with this object.
class Mount {
public:
    virtual ~Mount() = default;
};

/// Starts programs: one way of doing it (a plain process; later a container runtime).
class Runner {
public:
    virtual ~Runner() = default;

    /// Mounts a file system in memory at a directory that is there. An error says what this host lacks, and the remedy.
    virtual core::Result<std::unique_ptr<Mount>> mount_memory(const std::string& directory, std::uint64_t bytes) {
        static_cast<void>(bytes);
        return core::fail("nothing can be mounted at " + directory + " here");
    }

    /// An error means that nothing runs. What the user can get wrong is checked before by the caller.
    virtual core::Result<std::unique_ptr<Instance>> launch(const LaunchRequest& request) = 0;
};

}  // namespace callgate::ports
