#include "profiles/audit_report.h"
#include "profiles/condition_words.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

constexpr std::int64_t kMillisecondsOfSecond = 1000;

/// "1 line", "2 lines".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string times(std::uint64_t count) {
    return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string second_of(std::int64_t at_ms) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(at_ms / kMillisecondsOfSecond)));
}

/// The name of the thread where it is not the program's.
std::string program_words(const AuditProgram& program) {
    constexpr std::size_t kLongestComm = 15;
    if (program.exe.empty()) return program.comm.empty() ? "an unknown program" : program.comm;
    const auto base = program.exe.substr(program.exe.rfind('/') + 1);
    if (program.comm.empty() || base.substr(0, kLongestComm) == program.comm) return program.exe;
    return fmt::format("{} ({})", program.exe, program.comm);
}

std::string loss_text(const AuditLossSum& loss) {
    const auto amount = [&](std::string_view one, std::string_view many) {
        return loss.count == 0 ? fmt::format("some {}", many) : counted(loss.count, one, many);
    };
    switch (loss.cause) {
        case AuditLoss::Cause::rate_limit:
            return fmt::format(
                "the kernel's log is limited, and left {} out (kernel.printk_ratelimit; audit.log and `journalctl "
                "_TRANSPORT=audit` are not)",
                amount("message", "messages"));
        case AuditLoss::Cause::kernel_lost:
            return fmt::format("the kernel lost {} since it started", amount("audit record", "audit records"));
        case AuditLoss::Cause::kernel_full:
            return fmt::format("a queue of the kernel's audit was full, {} (auditctl -b)", times(loss.lines));
        case AuditLoss::Cause::journal:
            return fmt::format("journald missed {} of the kernel", amount("message", "messages"));
        case AuditLoss::Cause::syslog:
            return fmt::format("the log daemon left {} out", amount("message", "messages"));
        case AuditLoss::Cause::daemon:
            return fmt::format("auditd or a plugin of it dropped events, {}", times(loss.lines));
    }
    return {};
}

std::string gap_text(const AuditGaps& gaps) {
    constexpr std::size_t kMostRanges = 4;
    std::vector<std::string> ranges;
    for (const auto& [first, last] : gaps.ranges) {
        if (ranges.size() == kMostRanges) break;
        ranges.push_back(first == last ? fmt::format("{}", first) : fmt::format("{} to {}", first, last));
    }
    return fmt::format(
        "{} missing: {}{}. Records of every kind and process have numbers, so a log from which those were taken out "
        "looks the same; --filtered says that it was",
        counted(gaps.missing, "number of an audit event is", "numbers of audit events are"), fmt::join(ranges, ", "),
        gaps.count > ranges.size() ? " and more" : "");
}

std::string answers_words(const AuditVerdict& verdict) {
    std::vector<std::string> answers;
    for (const auto& region : verdict.regions) {
        auto answer = model::describe(region.action);
        if (std::find(answers.begin(), answers.end(), answer) == answers.end()) answers.push_back(std::move(answer));
    }
    return fmt::format("{}", fmt::join(answers, " or "));
}

std::string places_words(const Filter& filter, const AuditVerdict& verdict) {
    std::vector<Decider> deciders;
    for (const auto& region : verdict.regions)
        deciders.insert(deciders.end(), region.deciders.begin(), region.deciders.end());
    return deciders_words(filter, deciders);
}

}  // namespace

std::string iso_time(std::int64_t at_ms) {
    auto text = second_of(at_ms);
    text.pop_back();
    return fmt::format("{}.{:03}Z", text, at_ms % kMillisecondsOfSecond);
}

bool AuditReport::has_findings() const {
    for (std::size_t i = 0; i < log.findings.size(); ++i) {
        if (!filter || verdicts[i].counts(log.findings[i])) return true;
    }
    return log.unlisted != 0;
}

std::string headline(const AuditReport& report) {
    const auto& log = report.log;
    constexpr std::size_t kMostNames = 3;
    const auto names = log.sources.size() <= kMostNames ? fmt::format("{}", fmt::join(log.sources, ", "))
                                                        : fmt::format("{} files", log.sources.size());
    const auto lines = counted(log.lines, "line", "lines");
    if (log.records.count == 0) return fmt::format("no seccomp record in {}: {}", names, lines);
    std::set<model::Call> calls;
    for (const auto& finding : log.findings) calls.insert(finding.call);
    const auto time = time_words(log.records);
    return fmt::format("{} of {} in {}: {}{}{}", counted(log.records.count, "seccomp record", "seccomp records"),
                       counted(calls.size(), "call", "calls"), names, lines, time.empty() ? "" : ", ", time);
}

std::string recorded_words(const AuditFinding& finding) {
    if (!finding.action)
        return finding.signal != 0 ? "killed (the process or the thread)" : "refused, the record does not say how";
    switch (*finding.action) {
        case model::ActionKind::error:
            return "refused with an errno";
        case model::ActionKind::log:
            return "logged, and permitted";
        default:
            return action_words({*finding.action, 0});
    }
}

std::string programs_words(const AuditFinding& finding) {
    std::vector<std::string> parts;
    std::uint64_t others = finding.others;
    for (const auto& program : finding.programs) {
        if (parts.size() < kMostAuditPrograms) {
            parts.push_back(fmt::format("{} {}", program_words(program), times(program.seen.count)));
        } else {
            others += program.seen.count;
        }
    }
    if (others != 0) parts.push_back(fmt::format("other programs {}", times(others)));
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string time_words(const AuditCount& seen) {
    if (!seen.first_ms || !seen.last_ms) return {};
    const auto first = second_of(*seen.first_ms);
    const auto last = second_of(*seen.last_ms);
    return first == last ? first : fmt::format("{} to {}", first, last);
}

std::string verdict_words(const Filter& filter, const AuditFinding& finding, const AuditVerdict& verdict) {
    if (verdict.kind == AuditVerdict::Kind::unknown) return verdict.problem;
    const auto places = places_words(filter, verdict);
    std::string when;
    if (verdict.by_arguments) {
        when = verdict.regions.size() == 1
                   ? fmt::format(", when {}", condition_words(finding.call, verdict.regions.front().condition))
                   : std::string{", with some arguments"};
        when += "; the arguments are not in the records";
    }
    switch (verdict.kind) {
        case AuditVerdict::Kind::by_profile:
            return places + when;
        case AuditVerdict::Kind::would_refuse:
            return fmt::format("{} would refuse it with {}: {}{}", filter.name(), answers_words(verdict), places, when);
        case AuditVerdict::Kind::otherwise:
            return fmt::format("not {}, which answers {} ({}{}): another profile, or another filter", filter.name(),
                               answers_words(verdict), places, when);
        case AuditVerdict::Kind::permitted:
        case AuditVerdict::Kind::unknown:
            break;
    }
    if (!finding.refused()) return fmt::format("{} permits it: {}", filter.name(), places);
    return fmt::format("not {}, which permits it ({}): another profile, or another filter", filter.name(), places);
}

std::vector<std::string> loss_words(const AuditReport& report) {
    const auto& log = report.log;
    std::vector<std::string> words;
    if (!report.incomplete()) return words;
    if (log.lines == 0)
        words.emplace_back("there is no line in it: whoever wrote it may not have been allowed to read");
    for (const auto& loss : log.losses) words.push_back(loss_text(loss));
    if (!report.filtered && log.gaps.missing != 0) words.push_back(gap_text(log.gaps));
    if (!report.filtered && !log.gaps.all_seen)
        words.emplace_back("it has more hosts, or starts of one, than numbers of events are looked at for");
    if (log.unreadable != 0)
        words.push_back(fmt::format("{} without number or architecture of the call",
                                    counted(log.unreadable, "record is", "records are")));
    return words;
}

std::vector<std::string> remarks(const AuditReport& report) {
    const auto& log = report.log;
    std::vector<std::string> words;
    if (log.records.count == 0) {
        words.emplace_back(
            "what a filter answers with an errno, a signal, or hands to a tracer or listener leaves a record only with "
            "SECCOMP_FILTER_FLAG_LOG, and every action only where kernel.seccomp.actions_logged has it");
    }
    if (log.repeated != 0)
        words.push_back(fmt::format("{} there more than once, and counted once",
                                    counted(log.repeated, "record was", "records were")));
    if (!log.repeats_seen) words.emplace_back("there are too many records to tell which of them are there twice");
    if (log.foreign != 0)
        words.push_back(fmt::format("{} like a record, but the journal says that a program wrote it; not counted",
                                    counted(log.foreign, "entry looks", "entries look")));
    if (log.unlisted != 0)
        words.push_back(fmt::format("{} of calls that are not listed, there are too many",
                                    counted(log.unlisted, "record is", "records are")));
    return words;
}

}  // namespace callgate::profiles
