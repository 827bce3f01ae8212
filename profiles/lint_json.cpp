#include "harness/core/printable.h"
#include "profiles/lint_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace callgate::profiles {

namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Finding& finding) {
    auto calls = ordered_json::array();
    for (const auto& call : finding.calls) {
        calls.push_back({{"syscall", core::printable(call.name)}, {"detail", core::printable(call.detail)}});
    }
    const auto [line, column] = finding.span.position();
    return {{"id", finding.rule->id},
            {"name", finding.rule->name},
            {"severity", core::severity_name(finding.severity)},
            {"line", line},
            {"column", column},
            {"message", core::printable(finding.message)},
            {"calls", std::move(calls)},
            {"witness", core::printable(finding.witness)},
            {"fix", core::printable(finding.fix)},
            {"fixable", finding.has_safe_fix()}};
}

}  // namespace

std::string render_json(std::span<const LintReport> reports) {
    auto profiles = ordered_json::array();
    for (const auto& report : reports) {
        auto findings = ordered_json::array();
        for (const auto& finding : report.findings) findings.push_back(json_of(finding));
        auto allowed = ordered_json::array();
        for (const auto& [finding, reason] : report.allowed) {
            auto item = json_of(finding);
            item["reason"] = core::printable(reason);
            allowed.push_back(std::move(item));
        }
        ordered_json profile{{"profile", core::printable(report.profile)},
                             {"findings", std::move(findings)},
                             {"allowed", std::move(allowed)}};
        if (!report.unproven.empty()) profile["unproven"] = core::printable(report.unproven);
        profiles.push_back(std::move(profile));
    }
    const ordered_json document{{"schema", "callgate.lint/1"}, {"profiles", std::move(profiles)}};
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::profiles
