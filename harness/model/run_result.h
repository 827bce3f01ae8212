#pragma once

#include "harness/core/clock.h"
#include "harness/model/coverage.h"
#include "harness/model/mode.h"
#include "harness/model/place.h"
#include "harness/model/refusal.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::model {

/// What became of a case; the worst of what was seen, in the order of SPEC: "could not set up", "the workload
/// misbehaved", "callgate could not see everything" and "callgate is broken" stay different things.
enum class Outcome {
    passed,
    violated,            ///< a refusal that the plan does not expect
    expectation_missed,  ///< a step, the readiness or the stop did not show what the plan wants
    workload_failed,     ///< the workload ended or crashed on its own
    timed_out,
    setup_failed,  ///< could not be launched here
    incomplete,    ///< callgate could not see everything; never a pass
    harness_fault,
    skipped,
};

/// "passed", "expectation-missed"…
std::string_view outcome_name(Outcome outcome);
std::optional<Outcome> outcome_from_name(std::string_view name);

/// True for findings about the profile or the workload: exit code 1.
bool is_finding(Outcome outcome);
/// True where there is no verdict: exit code 3.
bool is_no_verdict(Outcome outcome);

/// How a process ended.
struct ProcessEnd {
    enum class Kind { running, exited, signaled };
    Kind kind = Kind::running;
    int value = 0;  ///< exit status, or signal number
    bool operator==(const ProcessEnd&) const = default;
};

/// "exited with 0", "killed by SIGSEGV", "still running".
std::string describe(const ProcessEnd& end);

/// A refusal as reported: everything resolved to words.
struct Violation {
    std::string syscall;
    std::int32_t nr = 0;
    std::string arch;
    std::uint64_t count = 0;
    std::size_t runs = 1;           ///< in how many of the case's runs it was seen
    std::string action;             ///< "ERRNO(EPERM)"
    int error = 0;                  ///< errno; 0 where the action has none
    std::vector<std::string> args;  ///< six, raw, "0x…"
    std::string decoded;
    bool happened = false;  ///< false: would be refused, was let through
    pid_t pid = 0;
    pid_t tid = 0;
    std::string comm;
    std::string exe;
    std::string phase;
    std::string step;                                ///< of the first one; steps that overlapped are joined by " + "
    std::map<std::string, std::uint64_t> by_step{};  ///< how many in which step
    std::int64_t at_ms = 0;                          ///< since the launch of the instance
    std::vector<StackFrame> stack;
    std::string returned;         ///< what the application saw: "0", "-1 EPERM (Operation not permitted)"; "" unknown
    Place rule;                   ///< the rule that refused, or the default action
    std::string fix;              ///< what would admit every call of this name, in words
    std::string exact_rule;       ///< the smallest rule that admits this call only, one line of JSON; "" for none
    std::string expected;         ///< the plan's reason when the plan expects it; "" for a violation
    Call call;                    ///< raw; not part of run.json
    std::uint8_t filterable = 0;  ///< as Refusal::filterable; not part of run.json
};

/// The exact number of refusals of one call.
struct RefusedTotal {
    std::string arch;
    std::string syscall;
    std::int32_t nr = 0;
    std::uint64_t count = 0;
    std::size_t runs = 1;  ///< in how many of the case's runs it was seen
};

struct Metric {
    std::string name;  ///< "requests", "requests_per_second", "errors", "latency_p99_ms"
    double value = 0;
};

/// What a step saw of the workload that a run without a profile shows in the same way: an answer's body, a status.
struct Observation {
    std::string subject;  ///< "body of GET http://…/"
    std::string value;    ///< the same in every run in which the workload did the same
    auto operator<=>(const Observation&) const = default;
};

/// So many requests took longer than the bucket before says and no longer than this one does.
struct LatencyBucket {
    double up_to_ms = 0;
    std::uint64_t count = 0;
};

struct StepResult {
    std::string name;  ///< the kind, or kind and a word: "http GET http://…"
    Outcome outcome = Outcome::passed;
    std::string message;  ///< what it saw and what it wanted; "" when passed
    core::Milliseconds duration{0};
    std::vector<Metric> metrics;
    Place place;
    /// For the comparison with the reference run; not part of run.json.
    std::vector<Observation> observations{};
    /// All latencies of a step that makes requests, shortest first; buckets without a request are left out.
    std::vector<LatencyBucket> latency{};
};

/// What an oracle did not want to see.
struct OracleMiss {
    std::string oracle;   ///< "identities"
    std::string message;  ///< complete in itself
};

/// True of a case that did not pass for more than this: the workload did its work, but slower than without a profile or
/// with complaints in its log. A case that was not run fails nothing.
bool fails_in_earnest(Outcome outcome, const std::vector<std::string>& reasons, const std::vector<OracleMiss>& misses);

struct CaseResult {
    std::string name;      ///< unique within the run: "nginx.json / log / reload-under-load"
    std::string workload;  ///< the plan's name
    std::string profile;   ///< as the plan names it
    Mode mode = Mode::log;
    std::string scenario;  ///< "startup", the scenario's name, "shutdown"; of `run`: "run"
    Place place;           ///< of the scenario in the plan
    Outcome outcome = Outcome::passed;
    std::size_t runs = 1;              ///< how often it was run; everything else is of all of them together
    std::size_t passed_runs = 0;       ///< how many of several passed; 0 for a single one
    std::vector<std::string> reasons;  ///< why not passed, worst first; each complete on its own
    std::vector<std::string> notes;    ///< what is worth knowing and changes no verdict
    core::Milliseconds duration{0};
    std::vector<Violation> violations;  ///< not expected by the plan
    std::vector<Violation> expected;    ///< expected by the plan
    std::vector<RefusedTotal> refused;  ///< every refusal of the case, expected or not
    std::vector<StepResult> steps;
    std::vector<OracleMiss> oracles;  ///< those that were missed; each is one of the reasons too
    std::optional<ProcessEnd> end;    ///< of the workload's first process, where the case ended it
    std::string log_tail;             ///< the workload's last output, where the case did not pass
};

/// The smallest change to a profile that would have admitted what log mode saw refused.
struct Proposal {
    std::string profile;             ///< the candidate's path as the plan names it
    std::vector<std::string> added;  ///< system calls now permitted
    std::vector<std::string> notes;  ///< what a person should look at
    std::string text;                ///< the whole new profile
    std::string diff;                ///< unified, applies with patch -p0
    bool complete = true;            ///< false: some refusal could not be repaired; the notes say which
};

/// A file that a run was made from, and what was in it.
struct InputFile {
    std::string path;    ///< as people know it, from the directory of the run
    std::string sha256;  ///< of its bytes, 64 hexadecimal digits
};

/// Which part of a run this is, of a run that several machines share.
struct Shard {
    std::size_t index = 1;  ///< from 1
    std::size_t total = 1;
    /// Digest of all that the shards of one run have in common: inputs, options, and which shard runs what.
    std::string run;
    std::vector<std::string> cases;  ///< names of all cases of the run in their order, those of other shards too
};

/// Everything a run found; the only input of every report.
struct RunResult {
    std::string version;               ///< of callgate
    std::string started_at;            ///< UTC, "2026-01-31T12:00:00"
    std::string kernel;                ///< uname -r
    std::string machine;               ///< uname -m
    std::vector<std::string> command;  ///< how callgate was called, secrets redacted
    std::string directory;             ///< where it was called: what the paths of this run are relative to
    std::string plan;                  ///< path; "" for `run`
    std::vector<InputFile> inputs;     ///< the plan, the profiles and the files that the plan names
    core::Milliseconds duration{0};
    std::vector<CaseResult> cases;
    std::vector<Proposal> proposals;
    std::vector<Coverage> coverage;  ///< of each profile that log mode ran with
    std::vector<std::string> notes;
    int interrupted_by = 0;  ///< signal number, 0 when not
    std::optional<Shard> shard{};
};

/// Exit code of SPEC: 0, 1, 3, 4 (no case), 70, or 128 + signal when interrupted. A shard that has nothing to do
/// passes.
int exit_code(const RunResult& run);

}  // namespace callgate::model
