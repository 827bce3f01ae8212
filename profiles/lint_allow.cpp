#include "profiles/lint_allow.h"

#include "harness/core/closest.h"
#include "harness/core/printable.h"
#include "harness/document/read.h"

#include <fmt/format.h>

#include <fnmatch.h>

#include <algorithm>
#include <utility>

namespace callgate::profiles {

namespace {

constexpr std::size_t kShown = 60;
constexpr std::size_t kMostAllowances = 1'000;

std::string near_rule(std::string_view word) {
    std::vector<std::string> known;
    for (const auto& rule : lint_rules()) {
        known.emplace_back(rule.id);
        known.emplace_back(rule.name);
    }
    const auto near = core::closest(word, known);
    return near ? fmt::format("did you mean '{}'?", *near) : "`callgate list lint-rules` names them";
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::optional<Allowance> read_entry(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto before = diagnostics.said();
    Allowance allowance;
    allowance.span = node.span;
    document::MappingReader fields{node, "an allowance", diagnostics};
    if (const auto* id = fields.required("id")) {
        const auto word = document::read_string(*id, diagnostics);
        allowance.rule = word ? find_lint_rule(*word) : nullptr;
        if (word && allowance.rule == nullptr) {
            diagnostics.error(id->span, fmt::format("lint has no rule '{}'", core::shortened(*word, kShown)),
                              near_rule(*word));
        }
    }
    allowance.profile = fields.string("profile").value_or("");
    allowance.syscall = fields.string("syscall").value_or("");
    if (const auto* reason = fields.required("reason")) {
        allowance.reason = document::read_string(*reason, diagnostics).value_or("");
        if (is_blank(allowance.reason) && diagnostics.said() == before) {
            diagnostics.error(reason->span, "the reason is empty", "say why the finding is accepted");
        }
    }
    fields.finish();
    return diagnostics.said() == before ? std::optional{std::move(allowance)} : std::nullopt;
}

bool fits(const Allowance& allowance, const Finding& finding, const std::string& profile) {
    if (allowance.rule != finding.rule) return false;
    if (allowance.profile.empty()) return true;
    const auto slash = profile.rfind('/');
    const auto name = slash == std::string::npos ? profile : profile.substr(slash + 1);
    return ::fnmatch(allowance.profile.c_str(), profile.c_str(), 0) == 0 ||
           ::fnmatch(allowance.profile.c_str(), name.c_str(), 0) == 0;
}

/// Moves what the allowance speaks of out of the finding; none when it speaks of nothing there.
std::optional<AllowedFinding> split(Finding& finding, const Allowance& allowance) {
    if (allowance.syscall.empty()) {
        auto whole = finding;
        finding.calls.clear();
        return AllowedFinding{std::move(whole), allowance.reason};
    }
    const auto named = [&](const Finding::Call& call) { return call.name == allowance.syscall; };
    const auto found = std::find_if(finding.calls.begin(), finding.calls.end(), named);
    if (found == finding.calls.end()) return std::nullopt;
    auto part = finding;
    part.calls = {*found};
    std::erase_if(finding.calls, named);
    finding.removals.clear();
    finding.edits.clear();
    return AllowedFinding{std::move(part), allowance.reason};
}

}  // namespace

std::optional<std::vector<Allowance>> read_allowances(const document::Source& source, core::Diagnostics& diagnostics) {
    const auto documents = document::parse_yaml(source, diagnostics);
    if (!documents) return std::nullopt;
    if (documents->size() != 1) {
        diagnostics.error({source, 0, 0}, fmt::format("the file holds {} documents, not one", documents->size()),
                          "version: 1, and a list 'allow'");
        return std::nullopt;
    }
    const auto before = diagnostics.said();
    std::vector<Allowance> allowances;
    document::MappingReader fields{documents->front(), "a file of allowances", diagnostics};
    if (const auto* version = fields.required("version")) (void)document::read_integer(*version, 1, 1, diagnostics);
    if (const auto* list = fields.optional("allow")) {
        if (list->kind != document::Node::Kind::sequence) {
            diagnostics.error(list->span, fmt::format("'allow' is {}, not a list", document::kind_name(*list)),
                              "- {id: CG0012, syscall: open, reason: ...}");
        } else if (list->items.size() > kMostAllowances) {
            diagnostics.error(list->items[kMostAllowances].span,
                              fmt::format("more than {} allowances", kMostAllowances));
        } else {
            for (const auto& item : list->items) {
                if (auto allowance = read_entry(item, diagnostics)) allowances.push_back(std::move(*allowance));
            }
        }
    }
    fields.finish();
    return diagnostics.said() == before ? std::optional{std::move(allowances)} : std::nullopt;
}

core::Result<Allowance> read_allowance(std::string_view word) {
    const auto equals = std::min(word.find('='), word.size());
    const auto id = word.substr(0, equals);
    Allowance allowance;
    allowance.rule = find_lint_rule(id);
    if (allowance.rule == nullptr) {
        return core::fail(fmt::format("lint has no rule '{}'; {}", core::shortened(id, kShown), near_rule(id)));
    }
    if (equals < word.size()) allowance.reason = word.substr(equals + 1);
    if (is_blank(allowance.reason)) {
        return core::fail(
            fmt::format("'{}' says no reason: {}=\"why it is accepted\"", core::shortened(word, kShown), id));
    }
    return allowance;
}

std::vector<AllowedFinding> take_allowed(std::vector<Finding>& findings, const std::string& profile,
                                         std::vector<Allowance>& allowances) {
    std::vector<AllowedFinding> allowed;
    std::vector<Finding> left;
    for (auto& finding : findings) {
        bool gone = false;
        for (auto& allowance : allowances) {
            if (gone || !fits(allowance, finding, profile)) continue;
            auto taken = split(finding, allowance);
            if (!taken) continue;
            allowance.used = true;
            allowed.push_back(std::move(*taken));
            gone = finding.calls.empty();
        }
        if (!gone) left.push_back(std::move(finding));
    }
    findings = std::move(left);
    return allowed;
}

}  // namespace callgate::profiles
