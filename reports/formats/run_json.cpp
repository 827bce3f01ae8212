#include "harness/core/printable.h"
#include "harness/model/mode.h"
#include "reports/format.h"
#include "reports/run_json_limits.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>

namespace callgate::reports::run_json {

namespace {

using Json = nlohmann::ordered_json;

/// Text as it is stored: valid UTF-8 without invisible controls, at most `limit` bytes.
std::string text(std::string_view raw, std::size_t limit = kStoredStringBytes) {
    auto safe = core::printable_lines(raw);
    constexpr std::size_t kEllipsis = 3;
    return safe.size() <= limit ? safe : core::shortened(safe, limit - kEllipsis);
}

Json texts(const std::vector<std::string>& raw) {
    Json list = Json::array();
    for (const auto& item : raw) list.push_back(text(item));
    return list;
}

template <typename Items, typename ToJson>
Json list_of(const Items& items, ToJson to_json) {
    Json list = Json::array();
    for (const auto& item : items) list.push_back(to_json(item));
    return list;
}

Json place(const model::Place& where) {
    if (where.file.empty()) return nullptr;
    return {{"file", text(where.file)}, {"line", where.line}, {"column", where.column}};
}

Json frame(const model::StackFrame& f) {
    return {{"module", text(f.module)},
            {"symbol", text(f.symbol)},
            {"offset", f.offset},
            {"file", text(f.file)},
            {"line", f.line}};
}

Json violation(const model::Violation& v) {
    Json json{{"syscall", text(v.syscall)},
              {"nr", v.nr},
              {"arch", text(v.arch)},
              {"count", v.count},
              {"action", text(v.action)},
              {"errno", v.error},
              {"args", texts(v.args)},
              {"decoded", text(v.decoded)},
              {"happened", v.happened},
              {"pid", v.pid},
              {"tid", v.tid},
              {"comm", text(v.comm)},
              {"exe", text(v.exe)},
              {"phase", text(v.phase)},
              {"step", text(v.step)},
              {"at_ms", v.at_ms},
              {"stack", list_of(v.stack, frame)},
              {"rule", place(v.rule)},
              {"returned", text(v.returned)},
              {"fix", text(v.fix)},
              {"exact_rule", text(v.exact_rule)}};
    if (v.by_step.size() > 1) {
        json["by_step"] = Json::array();
        for (const auto& [step, count] : v.by_step) json["by_step"].push_back({{"step", text(step)}, {"count", count}});
    }
    if (!v.expected.empty()) json["expected"] = text(v.expected);
    return json;
}

Json refused_total(const model::RefusedTotal& total) {
    return {{"arch", text(total.arch)}, {"syscall", text(total.syscall)}, {"nr", total.nr}, {"count", total.count}};
}

Json oracle_miss(const model::OracleMiss& miss) {
    return {{"oracle", text(miss.oracle)}, {"message", text(miss.message)}};
}

/// The same for violations and totals: in how many of the case's runs each was seen.
template <typename Item>
Json with_runs(Json list, const std::vector<Item>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) list[i]["runs"] = items[i].runs;
    return list;
}

Json metric(const model::Metric& m) {
    // JSON has no infinity; a rate over no time is one.
    return {{"name", text(m.name)}, {"value", std::isfinite(m.value) ? Json(m.value) : Json(nullptr)}};
}

Json latency_bucket(const model::LatencyBucket& b) {
    return {{"up_to_ms", b.up_to_ms}, {"count", b.count}};
}

Json step(const model::StepResult& s) {
    Json json{{"name", text(s.name)},
              {"outcome", model::outcome_name(s.outcome)},
              {"message", text(s.message)},
              {"duration_ms", s.duration.count()},
              {"metrics", list_of(s.metrics, metric)},
              {"place", place(s.place)}};
    if (!s.latency.empty()) json["latency"] = list_of(s.latency, latency_bucket);
    return json;
}

/// `exit` or `signal` once the first process ended; neither while nobody looked or it still ran.
Json workload(const model::CaseResult& c) {
    Json json{{"name", text(c.workload)}};
    if (!c.end) return json;
    switch (c.end->kind) {
        case model::ProcessEnd::Kind::exited:
            json["exit"] = c.end->value;
            break;
        case model::ProcessEnd::Kind::signaled:
            json["signal"] = c.end->value;
            break;
        case model::ProcessEnd::Kind::running:
            json["running"] = true;
            break;
    }
    return json;
}

/// The end of a text is the part that matters of a log.
std::string tail(std::string_view raw) {
    auto safe = core::printable_lines(raw);
    if (safe.size() <= kStoredLogBytes) return safe;
    auto from = safe.size() - kStoredLogBytes;
    while (from < safe.size() && (static_cast<unsigned char>(safe[from]) & 0xC0U) == 0x80U) ++from;
    return safe.substr(from);
}

Json case_result(const model::CaseResult& c) {
    Json json{{"name", text(c.name)},
              {"workload", workload(c)},
              {"profile", text(c.profile)},
              {"mode", model::mode_name(c.mode)},
              {"scenario", text(c.scenario)},
              {"place", place(c.place)},
              {"outcome", model::outcome_name(c.outcome)},
              {"duration_ms", c.duration.count()},
              {"reasons", texts(c.reasons)},
              {"notes", texts(c.notes)},
              {"violations", list_of(c.violations, violation)},
              {"expected", list_of(c.expected, violation)},
              {"refused", list_of(c.refused, refused_total)},
              {"steps", list_of(c.steps, step)},
              {"log_tail", tail(c.log_tail)}};
    if (!c.oracles.empty()) json["oracles"] = list_of(c.oracles, oracle_miss);
    if (c.runs > 1) {
        json["runs"] = c.runs;
        json["passed_runs"] = c.passed_runs;
        json["violations"] = with_runs(json["violations"], c.violations);
        json["expected"] = with_runs(json["expected"], c.expected);
        json["refused"] = with_runs(json["refused"], c.refused);
    }
    return json;
}

/// Per mode, because one refusal makes a program do other things: sums over modes would mean nothing.
Json refused_per_mode(const model::RunResult& run) {
    std::map<std::tuple<model::Mode, std::string, std::string, std::int32_t>, std::uint64_t> sums;
    for (const auto& c : run.cases) {
        for (const auto& total : c.refused) sums[{c.mode, total.arch, total.syscall, total.nr}] += total.count;
    }
    Json list = Json::array();
    for (const auto& [key, count] : sums) {
        const auto& [mode, arch, syscall, nr] = key;
        list.push_back({{"mode", model::mode_name(mode)},
                        {"arch", text(arch)},
                        {"syscall", text(syscall)},
                        {"nr", nr},
                        {"count", count}});
    }
    return list;
}

Json input(const model::InputFile& file) {
    return {{"path", text(file.path)}, {"sha256", text(file.sha256)}};
}

Json proposal(const model::Proposal& p) {
    return {
        {"profile", text(p.profile)}, {"added", texts(p.added)}, {"notes", texts(p.notes)}, {"complete", p.complete}};
}

Json permission_use(const model::PermissionUse& use) {
    Json by_case = Json::array();
    for (const auto& [name, count] : use.by_case) by_case.push_back({{"case", text(name)}, {"count", count}});
    return {{"syscall", text(use.syscall)},
            {"condition", text(use.condition)},
            {"rule", place(use.rule)},
            {"by_case", std::move(by_case)},
            {"unsure", use.unsure}};
}

Json coverage(const model::Coverage& c) {
    return {{"profile", text(c.profile)},
            {"why_not", text(c.why_not)},
            {"cases", texts(c.cases)},
            {"permitted", c.permissions.size()},
            {"used", c.used()},
            {"percent", c.percent()},
            {"permissions", list_of(c.permissions, permission_use)}};
}

Json shard(const model::Shard& s) {
    return {{"index", s.index}, {"total", s.total}, {"run", text(s.run)}, {"cases", texts(s.cases)}};
}

/// Laid out for people and for diffs: what holds no lists or objects stands on one line.
void write(std::string& out, const Json& json, std::size_t indent) {
    if (!json.is_structured() || json.empty()) {
        out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    const bool flat = std::none_of(json.begin(), json.end(), [](const Json& item) { return item.is_structured(); });
    const auto margin = flat ? std::string{} : "\n" + std::string(indent + 2, ' ');
    out += json.is_object() ? '{' : '[';
    std::string_view separator;
    for (const auto& [key, item] : json.items()) {
        out += separator;
        out += margin;
        if (json.is_object()) out += Json(key).dump() + ": ";
        write(out, item, indent + 2);
        separator = flat ? ", " : ",";
    }
    if (!flat) out += "\n" + std::string(indent, ' ');
    out += json.is_object() ? '}' : ']';
}

/// Breaks, without changing what it means, what an HTML page (`</`) or a CI log (`##[`) would take for its own.
std::string guarded(std::string_view json) {
    std::string out;
    out.reserve(json.size() + json.size() / 64);
    char before = '\0';
    for (const char c : json) {
        if (before == '<' && c == '/') {
            out += "\\/";
        } else if (before == '#' && c == '#') {
            out += "\\u0023";
        } else {
            out += c;
        }
        before = c;
    }
    return out;
}

/// `callgate run`: one command, no plan.
bool is_single_command(const model::RunResult& run) {
    return run.cases.size() == 1 &&
           (run.cases.front().name == "run" || (run.plan.empty() && run.cases.front().scenario == "run"));
}

std::string render(const model::RunResult& run) {
    Json json{{"schema", "callgate.run/1"},
              {"callgate", {{"version", text(run.version)}}},
              {"started_at", text(run.started_at)},
              {"duration_ms", run.duration.count()},
              {"host", {{"kernel", text(run.kernel)}, {"machine", text(run.machine)}}},
              {"command", texts(run.command)},
              {"directory", text(run.directory)},
              {"plan", text(run.plan)},
              {"inputs", list_of(run.inputs, input)},
              {"exit_code", model::exit_code(run)},
              {"interrupted", nullptr},
              {"limits", {{"string_bytes", kStoredStringBytes}, {"log_bytes", kStoredLogBytes}}}};
    if (run.interrupted_by != 0) json["interrupted"] = {{"signal", run.interrupted_by}};
    if (run.shard) json["shard"] = shard(*run.shard);
    if (is_single_command(run)) json["workload"] = workload(run.cases.front());
    json["cases"] = list_of(run.cases, case_result);
    json["refused"] = refused_per_mode(run);
    json["proposals"] = list_of(run.proposals, proposal);
    if (!run.coverage.empty()) json["coverage"] = list_of(run.coverage, coverage);
    json["notes"] = texts(run.notes);
    std::string out;
    write(out, json, 0);
    return guarded(out) + "\n";
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"run-json", "run.json", "everything, for programs; the input of every other report", render};

}  // namespace callgate::reports::run_json
