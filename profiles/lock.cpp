#include "profiles/lock.h"

#include "harness/core/number.h"
#include "harness/core/printable.h"
#include "harness/document/read.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace callgate::profiles {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kSchema = "callgate.lock/1";
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

std::string text_of(const std::string& text) {
    return core::printable(text);
}

ordered_json json_of(const std::map<std::string, std::uint64_t>& counts) {
    auto json = ordered_json::object();
    for (const auto& [name, count] : counts) json[text_of(name)] = count;
    return json;
}

ordered_json json_of(const model::CallEvidence& call) {
    auto values = ordered_json::array();
    for (const auto& seen : call.values) {
        auto words = ordered_json::array();
        for (const auto value : seen.values) words.push_back(fmt::format("{:#x}", value));
        values.push_back({{"values", std::move(words)}, {"count", seen.count}, {"runs", seen.runs}});
    }
    auto executables = ordered_json::array();
    for (const auto& path : call.executables) executables.push_back(text_of(path));
    ordered_json json{{"syscall", call.syscall},
                      {"arch", call.arch},
                      {"nr", call.nr},
                      {"count", call.count},
                      {"runs", call.runs},
                      {"by_case", json_of(call.by_case)},
                      {"by_step", json_of(call.by_step)},
                      {"executables", std::move(executables)},
                      {"first_ms", call.first_ms},
                      {"last_ms", call.last_ms}};
    if (!values.empty()) json["values"] = std::move(values);
    if (call.untold != 0) json["untold"] = call.untold;
    for (const auto& frame : call.stack) {
        ordered_json place{
            {"module", text_of(frame.module)}, {"symbol", text_of(frame.symbol)}, {"offset", frame.offset}};
        if (!frame.file.empty()) {
            place["file"] = text_of(frame.file);
            place["line"] = frame.line;
        }
        json["stack"].push_back(std::move(place));
    }
    return json;
}

std::string words_of(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

bool holds_only_scalars(const ordered_json& object) {
    return std::all_of(object.begin(), object.end(), [](const ordered_json& one) { return one.is_primitive(); });
}

/// A lock is read in diffs: one value to a line, indented by a blank a level; but of a list an object of scalars, a
/// frame or a file, is one line.
void write(std::string& out, const ordered_json& value, std::size_t level, bool in_list) {
    const bool is_object = value.is_object();
    if (!value.is_structured() || value.empty() || (is_object && in_list && holds_only_scalars(value))) {
        out += words_of(value);
        return;
    }
    out += is_object ? '{' : '[';
    std::string_view separator = "\n";
    for (const auto& [key, one] : value.items()) {
        out += separator;
        out.append(level + 1, ' ');
        if (is_object) out += words_of(key) + ": ";
        write(out, one, level + 1, !is_object);
        separator = ",\n";
    }
    out += '\n';
    out.append(level, ' ');
    out += is_object ? '}' : ']';
}

/// Keys that a later callgate adds are passed over.
class LockReader {
public:
    explicit LockReader(core::Diagnostics& diagnostics) : diagnostics_{diagnostics} {}

    std::optional<Lock> read(const document::Node& root) {
        document::MappingReader reader{root, "a lock file", diagnostics_};
        const auto schema = reader.string("schema");
        if (!reader.is_mapping() || (schema && *schema != kSchema)) {
            diagnostics_.error(root.span, fmt::format("this is no '{}'", kSchema),
                               "a lock file is what `callgate record` writes beside a profile");
            return std::nullopt;
        }
        Lock lock;
        lock.recorded_at = text(reader, "recorded_at");
        lock.callgate = text(reader, "callgate");
        lock.recorder = text(reader, "recorder");
        lock.kernel = text(reader, "kernel");
        lock.libc = text(reader, "libc");
        lock.workload = text(reader, "workload");
        lock.plan = text(reader, "plan");
        lock.plan_sha256 = text(reader, "plan_sha256");
        lock.profile_sha256 = text(reader, "profile_sha256");
        lock.scenarios = reader.strings("scenarios");
        lock.evidence.runs = static_cast<std::size_t>(reader.integer("runs", 1, 1'000'000).value_or(1));
        lock.evidence.second_pass = reader.boolean("second_pass").value_or(false);
        lock.evidence.gaps = reader.strings("gaps");
        for_each(reader, "files", [&](document::MappingReader& one) {
            lock.files.push_back({text(one, "path"), text(one, "sha256")});
        });
        for_each(reader, "programs", [&](document::MappingReader& one) {
            lock.programs.push_back({text(one, "path"), text(one, "sha256"), text(one, "package")});
        });
        for_each(reader, "calls", [&](document::MappingReader& one) { lock.evidence.calls.push_back(read_call(one)); });
        for_each(reader, "reasons", [&](document::MappingReader& one) {
            lock.reasons.push_back({text(one, "syscall"), text(one, "kind"), text(one, "why")});
        });
        return diagnostics_.has_errors() ? std::nullopt : std::optional{std::move(lock)};
    }

private:
    static std::string text(document::MappingReader& reader, std::string_view key) {
        const auto* node = reader.required(key);
        return node == nullptr ? std::string{} : node->scalar;
    }

    template <typename Read>
    void for_each(document::MappingReader& reader, std::string_view key, const Read& read) {
        const auto* list = reader.optional(key);
        if (list == nullptr) return;
        if (list->kind != document::Node::Kind::sequence) {
            diagnostics_.error(list->span, fmt::format("'{}' is {}, wanted a list", key, document::kind_name(*list)));
            return;
        }
        for (const auto& item : list->items) {
            document::MappingReader one{item, fmt::format("an entry of '{}'", key), diagnostics_};
            if (one.is_mapping()) read(one);
        }
    }

    std::uint64_t number(document::MappingReader& reader, std::string_view key) {
        const auto* node = reader.optional(key);
        return node == nullptr ? 0 : document::read_unsigned(*node, kMost, diagnostics_).value_or(0);
    }

    std::map<std::string, std::uint64_t> counts(document::MappingReader& reader, std::string_view key) {
        std::map<std::string, std::uint64_t> found;
        const auto* node = reader.optional(key);
        if (node == nullptr) return found;
        for (const auto& member : node->members)
            found[member.key] = document::read_unsigned(member.value, kMost, diagnostics_).value_or(0);
        return found;
    }

    model::CallEvidence read_call(document::MappingReader& reader) {
        model::CallEvidence call;
        call.syscall = text(reader, "syscall");
        call.arch = text(reader, "arch");
        call.nr = static_cast<std::int32_t>(
            reader.integer("nr", std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max())
                .value_or(0));
        call.count = number(reader, "count");
        call.runs = static_cast<std::size_t>(number(reader, "runs"));
        call.by_case = counts(reader, "by_case");
        call.by_step = counts(reader, "by_step");
        const auto executables = reader.strings("executables");
        call.executables = {executables.begin(), executables.end()};
        call.first_ms = static_cast<std::int64_t>(number(reader, "first_ms"));
        call.last_ms = static_cast<std::int64_t>(number(reader, "last_ms"));
        call.untold = number(reader, "untold");
        for_each(reader, "values", [&](document::MappingReader& one) {
            model::ValuesEvidence seen;
            for (const auto& word : one.strings("values"))
                seen.values.push_back(core::hexadecimal_in(word).value_or(0));
            seen.count = number(one, "count");
            seen.runs = static_cast<std::size_t>(number(one, "runs"));
            call.values.push_back(std::move(seen));
        });
        for_each(reader, "stack", [&](document::MappingReader& one) {
            model::StackFrame frame{text(one, "module"), text(one, "symbol"), number(one, "offset"),
                                    one.string("file").value_or(""), 0};
            frame.line = static_cast<int>(one.integer("line", 0, std::numeric_limits<int>::max()).value_or(0));
            call.stack.push_back(std::move(frame));
        });
        return call;
    }

    core::Diagnostics& diagnostics_;
};

}  // namespace

std::string render_lock(const Lock& lock) {
    auto programs = ordered_json::array();
    for (const auto& program : lock.programs)
        programs.push_back({{"path", text_of(program.path)}, {"sha256", program.sha256}, {"package", program.package}});
    auto files = ordered_json::array();
    for (const auto& file : lock.files) files.push_back({{"path", text_of(file.path)}, {"sha256", file.sha256}});
    auto calls = ordered_json::array();
    for (const auto& call : lock.evidence.calls) calls.push_back(json_of(call));
    auto reasons = ordered_json::array();
    for (const auto& reason : lock.reasons)
        reasons.push_back({{"syscall", reason.syscall}, {"kind", reason.kind}, {"why", text_of(reason.why)}});
    const ordered_json json{{"schema", kSchema},
                            {"recorded_at", lock.recorded_at},
                            {"callgate", lock.callgate},
                            {"recorder", lock.recorder},
                            {"kernel", lock.kernel},
                            {"libc", lock.libc},
                            {"workload", text_of(lock.workload)},
                            {"plan", text_of(lock.plan)},
                            {"plan_sha256", lock.plan_sha256},
                            {"files", std::move(files)},
                            {"profile_sha256", lock.profile_sha256},
                            {"scenarios", lock.scenarios},
                            {"runs", lock.evidence.runs},
                            {"second_pass", lock.evidence.second_pass},
                            {"gaps", lock.evidence.gaps},
                            {"programs", std::move(programs)},
                            {"calls", std::move(calls)},
                            {"reasons", std::move(reasons)}};
    std::string text;
    write(text, json, 0, false);
    return text + "\n";
}

std::optional<Lock> read_lock(const document::Source& source, core::Diagnostics& diagnostics) {
    const auto root = document::parse_json(source, diagnostics);
    if (!root) return std::nullopt;
    return LockReader{diagnostics}.read(*root);
}

}  // namespace callgate::profiles
