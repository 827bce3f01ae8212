#include "scenarios/aftermath.h"

#include "harness/core/files.h"
#include "harness/ports/read.h"
#include "scenarios/command.h"
#include "scenarios/probes.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>

namespace callgate::scenarios {

namespace {

using Kind = Consequence::Kind;
using ports::duration_text;
using ports::LiveProcess;

/// Between two looks.
constexpr core::Milliseconds kPause{10};

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

bool is_running(const model::ProcessEnd& end) {
    return end.kind == model::ProcessEnd::Kind::running;
}

std::string complaint(const Consequence& wanted, const std::string& seen, const std::string& cause) {
    const auto within = duration_text(wanted.within);
    if (wanted.kind != Kind::exits) return fmt::format("{} within {} after {}", seen, within, cause);
    return fmt::format("{} after {}, wanted: {} within {}", seen, cause, model::describe(wanted.end), within);
}

}  // namespace

core::Milliseconds limit_of(const std::vector<Consequence>& consequences) {
    core::Milliseconds longest{0};
    for (const auto& wanted : consequences) longest = std::max(longest, wanted.within);
    return longest;
}

Aftermath::Aftermath(const std::vector<Consequence>& consequences, const ports::StepContext& context)
    : consequences_{consequences}, context_{context}, done_{now()} {
    if (consequences.empty()) return;
    before_ = context.workload.live_processes();
    for (const auto& wanted : consequences) {
        files_.push_back(wanted.kind == Kind::file ? look(wanted.text) : FileState{});
    }
    if (!context.log.empty()) log_size_ = look(context.log).size;
}

void Aftermath::done_to(const std::vector<LiveProcess>& targets) {
    done_ = now();
    if (consequences_.empty()) return;
    for (const auto& target : targets) {
        if (!is_among(target, targets_)) targets_.push_back(target);
    }
}

Aftermath::Verdict Aftermath::wait(const std::string& cause) const {
    using model::Outcome;
    std::vector<std::string> missed;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < consequences_.size(); ++i) {
        if (consequences_[i].kind != Kind::running && consequences_[i].kind != Kind::ready) open.push_back(i);
    }
    const auto deadline_of = [&](const Consequence& wanted) {
        const bool goes_on = wanted.kind == Consequence::Kind::running;
        return std::min(done_ + (goes_on ? wanted.within : ports::patient(context_.speed, wanted.within)),
                        context_.deadline);
    };
    while (!open.empty()) {
        for (auto at = open.begin(); at != open.end();) {
            const auto& wanted = consequences_[*at];
            // What is there at the deadline is in time; how a process ended does not change any more.
            const bool late = now() >= deadline_of(wanted) ||
                              (wanted.kind == Kind::exits && !is_running(context_.workload.leader_end()));
            const auto seen = missing(wanted, *at);
            if (seen.empty() || late) {
                if (!seen.empty()) missed.push_back(complaint(wanted, seen, cause));
                at = open.erase(at);
            } else {
                ++at;
            }
        }
        if (open.empty()) break;
        if (context_.cancel.wait_until(now() + kPause)) return {Outcome::skipped, "interrupted"};
        const auto end = context_.workload.leader_end();
        if (!is_running(end) && !wants_end()) {
            return {Outcome::workload_failed,
                    fmt::format("the workload ended ({}) after {}", model::describe(end), cause)};
        }
    }
    for (const auto& wanted : consequences_) {
        if (wanted.kind == Kind::ready && context_.readiness != nullptr) {
            auto inner = context_;
            inner.deadline = std::max(deadline_of(wanted), now() + kPause);
            const auto results = context_.readiness->run(inner);
            if (!results.empty() && results.back().outcome != Outcome::passed) {
                if (results.back().outcome == Outcome::skipped) return {Outcome::skipped, "interrupted"};
                missed.push_back(fmt::format("after {}: {}", cause, results.back().message));
            }
        }
        if (wanted.kind != Kind::running && wanted.kind != Kind::ready) continue;
        if (wanted.kind == Kind::running && context_.cancel.wait_until(deadline_of(wanted))) {
            return {Outcome::skipped, "interrupted"};
        }
        if (const auto seen = not_running(); !seen.empty()) missed.push_back(fmt::format("{} after {}", seen, cause));
    }
    if (missed.empty()) return {};
    return {Outcome::expectation_missed, fmt::format("{}", fmt::join(missed, "; "))};
}

bool Aftermath::wants_end() const {
    const auto leader = context_.workload.leader();
    const bool hit = std::any_of(targets_.begin(), targets_.end(), [&](const auto& t) { return t.pid == leader; });
    return hit && std::any_of(consequences_.begin(), consequences_.end(), [](const Consequence& wanted) {
               return wanted.kind == Kind::exits || wanted.kind == Kind::gone || wanted.kind == Kind::replaced;
           });
}

std::string Aftermath::missing(const Consequence& wanted, std::size_t index) const {
    switch (wanted.kind) {
        case Kind::gone:
            return still_there();
        case Kind::replaced:
            return missing_successors();
        case Kind::exits: {
            const auto end = context_.workload.leader_end();
            if (end == wanted.end) return {};
            const auto verb = is_running(end) ? "is " : end.kind == model::ProcessEnd::Kind::signaled ? "was " : "";
            return fmt::format("the workload {}{}", verb, model::describe(end));
        }
        case Kind::log: {
            auto seen = probe_log(wanted.text, context_, log_size_);
            const auto words =
                seen.empty() || context_.log.empty() ? "" : last_line(core::read_tail(context_.log, 4096));
            return words.empty() ? seen : fmt::format("{}, which ends with '{}',", seen, words);
        }
        case Kind::file:
            return missing_file(wanted, files_[index]);
        case Kind::running:
        case Kind::ready:
            break;
    }
    return {};
}

std::string Aftermath::missing_file(const Consequence& wanted, const FileState& before) const {
    const auto after = look(wanted.text);
    const bool other = after.inode != before.inode;
    switch (wanted.change) {
        case Consequence::Change::appears:
            if (after.there && other) return {};
            return fmt::format("{} {}", wanted.text, after.there ? "is the same file as before" : "did not appear");
        case Consequence::Change::grows: {
            const auto from = other ? 0 : before.size;
            if (after.size > from) return {};
            if (!after.there) return fmt::format("{} is not there", wanted.text);
            return fmt::format("{} did not grow: {} bytes as before", wanted.text, after.size);
        }
        case Consequence::Change::changes:
            break;
    }
    if (other || after.size != before.size || after.changed_ns != before.changed_ns) return {};
    return fmt::format("{} {}", wanted.text, after.there ? "did not change" : "is not there");
}

std::string Aftermath::still_there() const {
    const auto live = context_.workload.live_processes();
    std::vector<LiveProcess> left;
    std::copy_if(targets_.begin(), targets_.end(), std::back_inserter(left),
                 [&](const LiveProcess& target) { return is_among(target, live); });
    return left.empty() ? std::string{} : fmt::format("{} not gone", titles(left));
}

std::string Aftermath::missing_successors() const {
    if (auto left = still_there(); !left.empty()) return left;
    const auto live = context_.workload.live_processes();
    // Processes of one role share their comm; those that are new stand for those that are gone.
    std::map<std::string, std::int64_t> lacking;
    for (const auto& target : targets_) ++lacking[target.comm];
    for (const auto& process : live) {
        if (!is_among(process, before_)) --lacking[process.comm];
    }
    for (const auto& [comm, count] : lacking) {
        if (count <= 0) continue;
        return fmt::format("no new process '{}' in the place of {} ({})", comm, titles(targets_),
                           live.empty() ? "nothing runs" : "running: " + titles(live));
    }
    return {};
}

std::string Aftermath::not_running() const {
    const auto end = context_.workload.leader_end();
    if (!is_running(end)) return fmt::format("the workload {}", model::describe(end));
    const auto live = context_.workload.live_processes();
    std::vector<LiveProcess> lost;
    std::copy_if(targets_.begin(), targets_.end(), std::back_inserter(lost),
                 [&](const LiveProcess& target) { return !is_among(target, live); });
    return lost.empty() ? std::string{} : fmt::format("{} gone", titles(lost));
}

Aftermath::FileState Aftermath::look(const std::string& path) const {
    const auto whole = path.starts_with('/') ? path : context_.directory + "/" + path;
    struct stat status {};
    if (::stat(whole.c_str(), &status) != 0) return {};
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    return {true, status.st_ino, status.st_size, status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

}  // namespace callgate::scenarios
