#include "reports/read_run.h"

#include "harness/core/printable.h"
#include "harness/model/mode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::reports {

namespace {

using Json = nlohmann::json;

/// What read_run() reports; never leaves this file.
struct Malformed {
    std::string message;
};

/// A value and where it stands, for messages: "cases[0].mode".
class Value {
public:
    Value(const Json& json, std::string path) : json_{json}, path_{std::move(path)} {}

    [[nodiscard]] Value operator[](std::string_view key) const {
        if (!json_.is_object()) fail("must be an object");
        const auto found = json_.find(key);
        if (found == json_.end()) throw Malformed{fmt::format("{} is missing", below(key))};
        return {*found, below(key)};
    }

    [[nodiscard]] bool has(std::string_view key) const { return json_.is_object() && json_.contains(key); }
    [[nodiscard]] bool is_null() const { return json_.is_null(); }

    [[nodiscard]] std::string text() const {
        if (!json_.is_string()) fail("must be a string");
        return json_.get<std::string>();
    }

    [[nodiscard]] bool boolean() const {
        if (!json_.is_boolean()) fail("must be true or false");
        return json_.get<bool>();
    }

    [[nodiscard]] double number() const {
        if (json_.is_null()) return std::numeric_limits<double>::infinity();
        if (!json_.is_number()) fail("must be a number");
        return json_.get<double>();
    }

    template <typename Integer>
    [[nodiscard]] Integer integer() const {
        using Limits = std::numeric_limits<Integer>;
        if (json_.is_number_unsigned() && std::in_range<Integer>(json_.get<std::uint64_t>()))
            return json_.get<Integer>();
        const bool negative = json_.is_number_integer() && !json_.is_number_unsigned();
        if (negative && std::in_range<Integer>(json_.get<std::int64_t>())) return json_.get<Integer>();
        fail(fmt::format("must be a whole number from {} to {}", Limits::min(), Limits::max()));
    }

    template <typename Item>
    [[nodiscard]] std::vector<Item> list(Item (*read)(const Value&)) const {
        if (!json_.is_array()) fail("must be a list");
        std::vector<Item> items;
        items.reserve(json_.size());
        for (std::size_t i = 0; i < json_.size(); ++i)
            items.push_back(read({json_[i], fmt::format("{}[{}]", path_, i)}));
        return items;
    }

    [[noreturn]] void fail(std::string_view wanted) const {
        throw Malformed{fmt::format("{} {}", path_.empty() ? "the report" : path_, wanted)};
    }

private:
    [[nodiscard]] std::string below(std::string_view key) const {
        return path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key);
    }
    const Json& json_;
    std::string path_;
};

std::string text(const Value& value) {
    return value.text();
}

core::Milliseconds duration(const Value& value) {
    return core::Milliseconds{value.integer<std::int64_t>()};
}

model::Outcome outcome(const Value& value) {
    const auto name = value.text();
    const auto known = model::outcome_from_name(name);
    if (!known) value.fail(fmt::format("is no outcome: '{}'", core::printable(name)));
    return *known;
}

model::Mode mode(const Value& value) {
    const auto name = value.text();
    const auto known = model::mode_from_name(name);
    if (!known) value.fail(fmt::format("is no mode: '{}'", core::printable(name)));
    return *known;
}

model::Place place(const Value& value) {
    if (value.is_null()) return {};
    return {value["file"].text(), value["line"].integer<std::size_t>(), value["column"].integer<std::size_t>()};
}

model::StackFrame frame(const Value& value) {
    return {value["module"].text(), value["symbol"].text(), value["offset"].integer<std::uint64_t>(),
            value["file"].text(), value["line"].integer<int>()};
}

std::pair<std::string, std::uint64_t> step_count(const Value& value) {
    return {value["step"].text(), value["count"].integer<std::uint64_t>()};
}

model::Violation violation(const Value& value) {
    model::Violation v;
    v.syscall = value["syscall"].text();
    v.nr = value["nr"].integer<std::int32_t>();
    v.arch = value["arch"].text();
    v.count = value["count"].integer<std::uint64_t>();
    v.action = value["action"].text();
    v.error = value["errno"].integer<int>();
    v.args = value["args"].list(text);
    v.decoded = value["decoded"].text();
    v.happened = value["happened"].boolean();
    v.pid = value["pid"].integer<pid_t>();
    v.tid = value["tid"].integer<pid_t>();
    v.comm = value["comm"].text();
    v.exe = value["exe"].text();
    v.phase = value["phase"].text();
    v.step = value["step"].text();
    v.at_ms = value["at_ms"].integer<std::int64_t>();
    v.stack = value["stack"].list(frame);
    v.rule = place(value["rule"]);
    v.fix = value["fix"].text();
    if (value.has("returned")) v.returned = value["returned"].text();
    if (value.has("exact_rule")) v.exact_rule = value["exact_rule"].text();
    if (value.has("expected")) v.expected = value["expected"].text();
    if (value.has("by_step")) {
        for (const auto& [step, count] : value["by_step"].list(step_count)) v.by_step[step] = count;
    }
    if (value.has("runs")) v.runs = value["runs"].integer<std::size_t>();
    return v;
}

model::RefusedTotal refused_total(const Value& value) {
    return {value["arch"].text(), value["syscall"].text(), value["nr"].integer<std::int32_t>(),
            value["count"].integer<std::uint64_t>(), value.has("runs") ? value["runs"].integer<std::size_t>() : 1};
}

model::OracleMiss oracle_miss(const Value& value) {
    return {value["oracle"].text(), value["message"].text()};
}

model::Metric metric(const Value& value) {
    return {value["name"].text(), value["value"].number()};
}

model::LatencyBucket latency_bucket(const Value& value) {
    return {value["up_to_ms"].number(), value["count"].integer<std::uint64_t>()};
}

model::StepResult step(const Value& value) {
    model::StepResult s{value["name"].text(),           outcome(value["outcome"]),     value["message"].text(),
                        duration(value["duration_ms"]), value["metrics"].list(metric), place(value["place"])};
    if (value.has("latency")) s.latency = value["latency"].list(latency_bucket);
    return s;
}

std::optional<model::ProcessEnd> end_of(const Value& workload) {
    using Kind = model::ProcessEnd::Kind;
    if (workload.has("exit")) return model::ProcessEnd{Kind::exited, workload["exit"].integer<int>()};
    if (workload.has("signal")) return model::ProcessEnd{Kind::signaled, workload["signal"].integer<int>()};
    if (workload.has("running")) return model::ProcessEnd{Kind::running, 0};
    return std::nullopt;
}

model::CaseResult case_result(const Value& value) {
    model::CaseResult c;
    c.name = value["name"].text();
    c.workload = value["workload"]["name"].text();
    c.end = end_of(value["workload"]);
    c.profile = value["profile"].text();
    c.mode = mode(value["mode"]);
    c.scenario = value["scenario"].text();
    c.place = place(value["place"]);
    c.outcome = outcome(value["outcome"]);
    c.duration = duration(value["duration_ms"]);
    c.reasons = value["reasons"].list(text);
    c.notes = value["notes"].list(text);
    c.violations = value["violations"].list(violation);
    c.expected = value["expected"].list(violation);
    c.refused = value["refused"].list(refused_total);
    c.steps = value["steps"].list(step);
    c.log_tail = value["log_tail"].text();
    if (value.has("oracles")) c.oracles = value["oracles"].list(oracle_miss);
    if (value.has("runs")) {
        c.runs = value["runs"].integer<std::size_t>();
        c.passed_runs = value["passed_runs"].integer<std::size_t>();
    }
    return c;
}

model::InputFile input(const Value& value) {
    return {value["path"].text(), value["sha256"].text()};
}

model::Proposal proposal(const Value& value) {
    model::Proposal p;
    p.profile = value["profile"].text();
    p.added = value["added"].list(text);
    p.notes = value["notes"].list(text);
    p.complete = value["complete"].boolean();
    return p;
}

std::pair<std::string, std::uint64_t> case_count(const Value& value) {
    return {value["case"].text(), value["count"].integer<std::uint64_t>()};
}

model::PermissionUse permission_use(const Value& value) {
    model::PermissionUse use;
    use.syscall = value["syscall"].text();
    use.condition = value["condition"].text();
    use.rule = place(value["rule"]);
    for (const auto& [name, count] : value["by_case"].list(case_count)) use.by_case[name] = count;
    use.unsure = value["unsure"].integer<std::uint64_t>();
    return use;
}

model::Coverage coverage(const Value& value) {
    return {value["profile"].text(), value["why_not"].text(), value["cases"].list(text),
            value["permissions"].list(permission_use)};
}

model::Shard shard(const Value& value) {
    return {value["index"].integer<std::size_t>(), value["total"].integer<std::size_t>(), value["run"].text(),
            value["cases"].list(text)};
}

model::RunResult run_result(const Value& value) {
    model::RunResult run;
    run.version = value["callgate"]["version"].text();
    run.started_at = value["started_at"].text();
    run.duration = duration(value["duration_ms"]);
    run.kernel = value["host"]["kernel"].text();
    run.machine = value["host"]["machine"].text();
    run.command = value["command"].list(text);
    if (value.has("directory")) run.directory = value["directory"].text();
    run.plan = value["plan"].text();
    if (value.has("inputs")) run.inputs = value["inputs"].list(input);
    if (const auto interrupted = value["interrupted"]; !interrupted.is_null()) {
        run.interrupted_by = interrupted["signal"].integer<int>();
    }
    if (value.has("shard")) run.shard = shard(value["shard"]);
    run.cases = value["cases"].list(case_result);
    run.proposals = value["proposals"].list(proposal);
    if (value.has("coverage")) run.coverage = value["coverage"].list(coverage);
    run.notes = value["notes"].list(text);
    return run;
}

}  // namespace

core::Result<model::RunResult> read_run(std::string_view json_text) {
    const auto json = Json::parse(json_text, nullptr, false);
    if (json.is_discarded()) return core::fail("not valid JSON; a run.json of callgate is wanted");
    try {
        const Value value{json, ""};
        const auto schema = value["schema"].text();
        if (schema != "callgate.run/1") {
            return core::fail(fmt::format("schema is '{}'; callgate.run/1 is wanted", core::printable(schema)));
        }
        return run_result(value);
    } catch (const Malformed& malformed) {
        return core::fail(malformed.message);
    }
}

}  // namespace callgate::reports
