#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/run_result.h"
#include "harness/ports/step.h"
#include "scenarios/targets.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios {

/// One thing that must follow what was done to a workload.
struct Consequence {
    enum class Kind { running, gone, exits, replaced, ready, log, file };
    enum class Change { appears, grows, changes };
    Kind kind = Kind::running;
    core::Milliseconds within{0};  ///< of `running`: so long afterwards they still run
    model::ProcessEnd end;         ///< of `exits`
    std::string text;              ///< of `log`: the text; of `file`: its path
    Change change = Change::appears;

    /// An `expect` mapping, or a list of them, each with a `within` of its own: {running: true|DURATION, gone: true,
    /// exits: STATUS|SIGNAL, replaced: true, ready: true, log: TEXT, file: {path, appears|grows|changes}, within}.
    static std::vector<Consequence> read(const document::Node& node, const Target& target,
                                         core::Diagnostics& diagnostics);
};

/// How long they all may take together.
core::Milliseconds limit_of(const std::vector<Consequence>& consequences);

/// Looks at a workload before something is done to it, and waits for what must follow. One thread. Borrows everything.
class Aftermath {
public:
    Aftermath(const std::vector<Consequence>& consequences, const ports::StepContext& context);

    /// It was done to these, just now.
    void done_to(const std::vector<ports::LiveProcess>& targets);

    struct Verdict {
        model::Outcome outcome = model::Outcome::passed;
        std::string message;  ///< what was seen instead, and what it was that did not follow
    };
    /// Waits until everything has followed what was done last, or until it has not in time. `cause`: "SIGHUP".
    /// `skipped` when the user interrupts.
    [[nodiscard]] Verdict wait(const std::string& cause) const;

private:
    struct FileState {
        bool there = false;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t changed_ns = 0;
    };
    [[nodiscard]] FileState look(const std::string& path) const;
    /// "" when it has followed, else what is seen instead.
    [[nodiscard]] std::string missing(const Consequence& wanted, std::size_t index) const;
    [[nodiscard]] std::string missing_file(const Consequence& wanted, const FileState& before) const;
    [[nodiscard]] std::string missing_successors() const;
    [[nodiscard]] std::string still_there() const;
    [[nodiscard]] bool wants_end() const;
    [[nodiscard]] std::string not_running() const;

    const std::vector<Consequence>& consequences_;
    const ports::StepContext& context_;
    core::SteadyTime done_;
    std::vector<ports::LiveProcess> before_;
    std::vector<ports::LiveProcess> targets_;
    std::vector<FileState> files_;  ///< one per consequence
    std::int64_t log_size_ = 0;
};

}  // namespace callgate::scenarios
