#pragma once

#include "harness/model/run_result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

struct Finding;

/// A kind of remark: what a code-scanning tool calls a rule. Names are stable.
struct RemarkKind {
    std::string_view id;       ///< "refused-call"
    std::string_view summary;  ///< one line
    std::string_view help;     ///< what to do about it
};

/// Every kind there is; valid for the life of the program.
const std::vector<RemarkKind>& remark_kinds();

/// Something to be said about a line of a profile or of a plan, for tools that show it beside that line.
/// All texts are printable; only `text` has more than one line.
struct Remark {
    const RemarkKind* kind = nullptr;
    model::Outcome outcome = model::Outcome::passed;  ///< of the case; decides how bad it is
    model::Place place;                               ///< the rule or the scenario; its file as from repository_path()
    std::optional<model::Place> scenario;             ///< of a refused call: where the plan has what led to it
    std::string title;                                ///< "mkdir is refused"
    std::string message;                              ///< complete in itself
    std::string text;                                 ///< everything: where it was seen, stacks, what to do
    std::vector<const model::Violation*> seen{};      ///< of a refused call; points into the run
    std::string fingerprint;  ///< SHA-256; the same for the same thing in the next run, though lines have moved
};

/// All there is to say about a run, worst first; nothing about what passed or was skipped. A run that is not complete
/// has a remark for that. Points into the run.
std::vector<Remark> remarks(const model::RunResult& run);

/// True for what is wrong with profile or workload, or with callgate; false where there is no verdict.
bool is_error(const Remark& remark);

/// A path of the run as seen from where callgate was called, which in a pipeline is the repository: not absolute where
/// it need not be, and without "./" in front. Printable.
std::string repository_path(const model::RunResult& run, std::string_view path);

}  // namespace callgate::reports
