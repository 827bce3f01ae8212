#pragma once

#include "harness/core/clock.h"
#include "harness/model/run_result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

/// What is shown of one string at most; run.json holds more of it.
constexpr std::size_t kShownBytes = 256;

/// Untrusted text as one line of at most `limit` bytes that is safe to show.
std::string shown(std::string_view text, std::size_t limit = kShownBytes);

/// "0.41 s", "14.2 s", "2 min 05 s".
std::string duration_words(core::Milliseconds duration);

/// "1 case", "3 cases".
std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural);

/// "read, write and 3 more": of more than `most` names how many are left out.
std::string joined(const std::vector<std::string>& names, std::size_t most);

/// "nginx.json:12", "nginx.json" for a file as a whole, "" for nowhere.
std::string place_words(const model::Place& place);

/// "nginx.json / log": what the cases of one profile and mode stand under.
std::string suite_name(const model::CaseResult& result);

/// What the run was about: the plan, or the workload of `callgate run`.
std::string subject(const model::RunResult& run);

/// Why a case did not pass, as one sentence; its first reason, or what can be said without one. "" when it passed.
std::string why(const model::CaseResult& result);

/// All refusals of a case, expected or not.
std::uint64_t refusals(const model::CaseResult& result);

/// "refused" when it happened, "would be refused" when it was let through.
std::string_view refusal_words(const model::Violation& violation);

/// "nginx[123]": which thread it was; the process too where it is another.
std::string thread_words(const model::Violation& violation);

/// The call and what the application saw: "mkdir("/x", 0700) = -1 EPERM (Operation not permitted)".
std::string call_words(const model::Violation& violation);

/// "ngx_create_paths at ngx_file.c:612 (nginx+0x41c2a)", "mkdir in libc.so.6+0x1234", "nginx+0x2b8d0"; what is known.
std::string frame_words(const model::StackFrame& frame);

/// "#0 …" for each frame, innermost first; of more than `most` how many are left out.
std::vector<std::string> stack_lines(const std::vector<model::StackFrame>& stack, std::size_t most);

/// The first frame outside of the C library, short: "in ngx_create_paths at ngx_file.c:612"; "" when there is none.
std::string site_words(const std::vector<model::StackFrame>& stack);

/// The verdict on the whole run.
struct Verdict {
    enum class Tone { good, bad, unsure };
    Tone tone = Tone::good;
    std::string word;  ///< "PASSED", "FAILED", "NO VERDICT"…
    std::string text;  ///< "plan.yaml: 3 of 6 cases did not pass (2 violated, 1 timed-out), 14.2 s"
};
Verdict verdict(const model::RunResult& run);

}  // namespace callgate::reports
