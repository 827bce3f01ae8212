#include "harness/core/printable.h"
#include "profiles/audit_report.h"
#include "profiles/condition_words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace callgate::profiles {

namespace {

using nlohmann::ordered_json;

std::string_view word(AuditVerdict::Kind kind) {
    switch (kind) {
        case AuditVerdict::Kind::by_profile:
            return "by-profile";
        case AuditVerdict::Kind::would_refuse:
            return "would-refuse";
        case AuditVerdict::Kind::otherwise:
            return "otherwise";
        case AuditVerdict::Kind::permitted:
            return "permitted";
        case AuditVerdict::Kind::unknown:
            return "unknown";
    }
    return "unknown";
}

std::string_view word(AuditLoss::Cause cause) {
    switch (cause) {
        case AuditLoss::Cause::rate_limit:
            return "rate-limit";
        case AuditLoss::Cause::kernel_lost:
            return "kernel-lost";
        case AuditLoss::Cause::kernel_full:
            return "kernel-full";
        case AuditLoss::Cause::journal:
            return "journal";
        case AuditLoss::Cause::syslog:
            return "syslog";
        case AuditLoss::Cause::daemon:
            return "daemon";
    }
    return "daemon";
}

/// "ERRNO": the record does not say which.
ordered_json action_of(const AuditFinding& finding) {
    if (!finding.action) return nullptr;
    return *finding.action == model::ActionKind::error ? "ERRNO" : model::describe({*finding.action, 0});
}

void put(ordered_json& json, const AuditCount& seen) {
    json["count"] = seen.count;
    json["first"] = seen.first_ms ? ordered_json(iso_time(*seen.first_ms)) : nullptr;
    json["last"] = seen.last_ms ? ordered_json(iso_time(*seen.last_ms)) : nullptr;
}

ordered_json texts(const std::vector<std::string>& list) {
    auto json = ordered_json::array();
    for (const auto& text : list) json.push_back(core::printable(text));
    return json;
}

ordered_json json_of(const AuditVerdict& verdict, const AuditFinding& finding) {
    ordered_json json{{"kind", word(verdict.kind)}, {"by_arguments", verdict.by_arguments}};
    if (verdict.kind == AuditVerdict::Kind::unknown) json["problem"] = core::printable(verdict.problem);
    auto answers = ordered_json::array();
    for (const auto& region : verdict.regions) {
        auto by = ordered_json::array();
        for (const auto& decider : region.deciders) {
            ordered_json item{{"by", name_of(decider.by)}};
            if (decider.place.line != 0) {
                item["file"] = core::printable(decider.place.file);
                item["line"] = decider.place.line;
                item["column"] = decider.place.column;
            }
            by.push_back(std::move(item));
        }
        answers.push_back(
            {{"answer", model::describe(region.action)},
             {"when", region.condition.always() ? std::string{}
                                                : core::printable(condition_words(finding.call, region.condition))},
             {"deciders", std::move(by)}});
    }
    json["answers"] = std::move(answers);
    return json;
}

ordered_json json_of(const AuditReport& report, std::size_t i) {
    const auto& finding = report.log.findings[i];
    const auto& call = finding.call;
    ordered_json json{{"syscall", model::syscall_name(call.audit_arch, call.nr)},
                      {"nr", call.nr},
                      {"arch", model::arch_name(model::arch_of_call(call.audit_arch, call.nr))},
                      {"audit_arch", fmt::format("{:#x}", call.audit_arch)},
                      {"action", action_of(finding)},
                      {"refused", finding.refused()},
                      {"signal", finding.signal}};
    put(json, finding.seen);
    auto programs = ordered_json::array();
    for (const auto& program : finding.programs) {
        ordered_json item{{"exe", core::printable(program.exe)}, {"comm", core::printable(program.comm)}};
        put(item, program.seen);
        programs.push_back(std::move(item));
    }
    json["programs"] = std::move(programs);
    json["other_programs"] = finding.others;
    if (report.filter) json["profile"] = json_of(report.verdicts[i], finding);
    return json;
}

ordered_json losses_of(const AuditLog& log) {
    auto losses = ordered_json::array();
    for (const auto& loss : log.losses)
        losses.push_back({{"cause", word(loss.cause)}, {"lines", loss.lines}, {"count", loss.count}});
    return losses;
}

ordered_json gaps_of(const AuditLog& log) {
    auto ranges = ordered_json::array();
    for (const auto& [first, last] : log.gaps.ranges) ranges.push_back({first, last});
    return {{"missing", log.gaps.missing},
            {"count", log.gaps.count},
            {"ranges", std::move(ranges)},
            {"all_looked_at", log.gaps.all_seen}};
}

}  // namespace

std::string render_json(const AuditReport& report) {
    const auto& log = report.log;
    ordered_json records = ordered_json::object();
    put(records, log.records);
    records["repeated"] = log.repeated;
    records["unreadable"] = log.unreadable;
    records["unlisted"] = log.unlisted;
    records["foreign"] = log.foreign;
    auto calls = ordered_json::array();
    for (std::size_t i = 0; i < log.findings.size(); ++i) calls.push_back(json_of(report, i));
    ordered_json document{{"schema", "callgate.audit/1"},
                          {"logs", texts(log.sources)},
                          {"lines", log.lines},
                          {"cut_lines", log.cut},
                          {"other_events", log.events},
                          {"records", std::move(records)},
                          {"calls", std::move(calls)},
                          {"findings", report.has_findings()},
                          {"incomplete", report.incomplete()},
                          {"losses", losses_of(log)},
                          {"gaps", gaps_of(log)}};
    if (report.filter) {
        const auto& [proposal, left] = report.repair;
        document["profile"] = core::printable(report.filter->name());
        document["repair"] = {{"added", texts(proposal.added)},
                              {"complete", proposal.complete},
                              {"diff", core::printable_lines(proposal.diff)},
                              {"notes", texts(proposal.notes)},
                              {"left", texts(left)}};
    }
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::profiles
