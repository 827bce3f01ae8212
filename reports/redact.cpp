#include "reports/redact.h"

#include "reports/secret_forms.h"
#include "reports/secret_spellings.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace callgate::reports {

namespace {

constexpr std::size_t kShortestValue = 4;
/// A piece of a value at a place where something was cut gives it away from this length on.
constexpr std::size_t kShortestPiece = 8;

/// Words that say how a secret is handled and are none; masking them would make every report unreadable.
constexpr std::array<std::string_view, 10> kNoSecrets{"true",  "false",  "none",     "null",    "auto",
                                                      "basic", "bearer", "disabled", "enabled", "required"};

void replace_all(std::string& text, std::string_view from) {
    if (text.find(from) == std::string::npos) return;
    std::string out;
    std::size_t at = 0;
    for (auto found = text.find(from); found != std::string::npos; found = text.find(from, at)) {
        out.append(text, at, found - at);
        out += kMask;
        at = found + from.size();
    }
    out.append(text, at);
    text = std::move(out);
}

/// Where something was left out: the end of the text, or the sign that a decoder puts behind a string it cut.
bool cut_here(std::string_view rest) {
    return rest.empty() || rest.starts_with("…") || rest.starts_with("...") || rest.starts_with("\"...") ||
           rest.starts_with("\"…");
}

/// The beginning of a value in front of a cut.
void mask_cut_beginning(std::string& text, std::string_view value) {
    if (value.size() <= kShortestPiece) return;
    const auto start = value.substr(0, kShortestPiece);
    for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
        const auto [end, unused] =
            std::mismatch(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), value.begin(), value.end());
        const auto length = static_cast<std::size_t>(end - text.begin()) - at;
        if (cut_here(std::string_view{text}.substr(at + length))) text.replace(at, length, kMask);
    }
}

/// The end of a value at the front of a text whose beginning was cut off.
void mask_cut_end(std::string& text, std::string_view value) {
    for (std::size_t length = value.size(); length-- > kShortestPiece;) {
        if (!text.starts_with(value.substr(value.size() - length))) continue;
        text.replace(0, length, kMask);
        return;
    }
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& environment) {
    std::set<std::string> all;
    for (const auto& variable : environment) {
        const auto equals = variable.find('=');
        if (equals == std::string::npos || !names_secret(std::string_view{variable}.substr(0, equals))) continue;
        const auto value = variable.substr(equals + 1);
        if (value.size() < kShortestValue) continue;
        if (std::find(kNoSecrets.begin(), kNoSecrets.end(), value) != kNoSecrets.end()) continue;
        for (auto& spelling : spellings(value)) all.insert(std::move(spelling));
    }
    values_.assign(all.begin(), all.end());
    std::stable_sort(values_.begin(), values_.end(),
                     [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::string Redactor::without_values(std::string_view text) const {
    std::string out{text};
    for (const auto& value : values_) replace_all(out, value);
    for (const auto& value : values_) mask_cut_beginning(out, value);
    return out;
}

std::string Redactor::redact(std::string_view text) const {
    return without_credentials(without_values(text));
}

std::vector<std::string> Redactor::redact_command(const std::vector<std::string>& words) const {
    std::vector<std::string> out;
    bool value_follows = false;
    for (const auto& word : words) {
        out.push_back(value_follows && !word.starts_with("-") ? std::string{kMask} : redact(word));
        value_follows = word.starts_with("--") && word.find('=') == std::string::npos && names_secret(word);
    }
    return out;
}

void Redactor::apply(model::RunResult& run) const {
    const auto clean = [&](std::string& text) {
        if (!text.empty()) text = redact(text);
    };
    const auto clean_all = [&](std::vector<std::string>& texts) {
        for (auto& text : texts) clean(text);
    };
    const auto clean_violation = [&](model::Violation& v) {
        for (auto* text : {&v.decoded, &v.comm, &v.exe, &v.phase, &v.step, &v.fix, &v.expected, &v.rule.file})
            clean(*text);
        for (auto& frame : v.stack) {
            for (auto* text : {&frame.module, &frame.symbol, &frame.file}) clean(*text);
        }
    };

    run.command = redact_command(run.command);
    clean(run.directory);
    clean(run.plan);
    for (auto& input : run.inputs) clean(input.path);
    clean_all(run.notes);
    if (run.shard) clean_all(run.shard->cases);  // so that they stay the names of the cases
    for (auto& c : run.cases) {
        for (auto* text : {&c.name, &c.workload, &c.profile, &c.scenario, &c.place.file}) clean(*text);
        clean_all(c.reasons);
        clean_all(c.notes);
        for (auto& violation : c.violations) clean_violation(violation);
        for (auto& violation : c.expected) clean_violation(violation);
        for (auto& step : c.steps) {
            for (auto* text : {&step.name, &step.message, &step.place.file}) clean(*text);
        }
        // The only text of which the beginning is missing.
        for (const auto& value : values_) mask_cut_end(c.log_tail, value);
        clean(c.log_tail);
    }
    for (auto& coverage : run.coverage) {
        clean(coverage.profile);
        clean(coverage.why_not);
        clean_all(coverage.cases);
        for (auto& permission : coverage.permissions) {
            clean(permission.rule.file);
            std::map<std::string, std::uint64_t> by_case;
            for (const auto& [name, count] : permission.by_case) by_case[redact(name)] += count;
            permission.by_case = std::move(by_case);
        }
    }
    for (auto& proposal : run.proposals) {
        clean(proposal.profile);
        clean_all(proposal.notes);
    }
}

}  // namespace callgate::reports
