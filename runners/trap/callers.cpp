#include "runners/trap/callers.h"

#include "harness/model/arch.h"
#include "runners/proc_task_view.h"
#include "runners/trap/ptrace_request.h"

#include <sys/ptrace.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace callgate::runners {

namespace {

constexpr std::size_t kWords = 32;            ///< a wrapper's frame is small
constexpr std::size_t kMostPlaces = 100'000;  ///< of code that is generated anew all the time nobody is told apart

std::vector<std::uint64_t> words_at(pid_t tid, std::uint64_t stack_pointer) {
    const auto bytes = ProcTaskView{tid}.read(stack_pointer, kWords * sizeof(std::uint64_t));
    std::vector<std::uint64_t> words(bytes.size() / sizeof(std::uint64_t));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(std::uint64_t));
    return words;
}

}  // namespace

std::uint64_t Callers::of(pid_t tid, const model::Call& call, std::uint64_t stack_pointer) const {
    const auto found = words_.find(call.instruction_pointer);
    if (found == words_.end() || found->second == kNowhere) return 0;
    const auto address = stack_pointer + static_cast<std::uint64_t>(found->second) * sizeof(std::uint64_t);
    std::uint64_t caller = 0;
    const auto read = ptrace_request(PTRACE_PEEKDATA, tid, static_cast<std::uintptr_t>(address), &caller);
    return read == Asked::done ? caller : 0;
}

std::uint64_t Callers::learn(pid_t tid, const model::Call& call, std::uint64_t stack_pointer,
                             std::optional<std::uint64_t> caller) {
    if (words_.size() >= kMostPlaces || call.audit_arch != model::audit_arch(model::native_arch())) return 0;
    const auto [known, is_new] = words_.try_emplace(call.instruction_pointer, kNowhere);
    if (!is_new && known->second != kNowhere) {
        // A new caller is one only if the stack agrees; else the frame is laid out differently from call to call.
        if (caller && of(tid, call, stack_pointer) == *caller) return *caller;
        known->second = kNowhere;
        return 0;
    }
    if (!is_new || !caller || *caller == 0) return 0;
    const auto words = words_at(tid, stack_pointer);
    const auto at = std::find(words.begin(), words.end(), *caller);
    if (at == words.end()) return 0;
    known->second = static_cast<int>(at - words.begin());
    return *caller;
}

}  // namespace callgate::runners
