#include "harness/engine/reference.h"

#include "harness/core/sha256.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace callgate::engine {

namespace {

using Json = nlohmann::json;

/// Of the format below; a file with another one is no reference.
constexpr int kFormat = 1;

Json to_json(const Snapshot& snapshot) {
    Json processes = Json::array();
    for (const auto& process : snapshot.processes) {
        processes.push_back({{"role", process.role},
                             {"identity", process.identity},
                             {"zombie", process.zombie},
                             {"orphan", process.orphan},
                             {"busy", process.busy}});
    }
    Json files = Json::object();
    for (const auto& [path, file] : snapshot.files) files[path] = {{"size", file.size}, {"grew", file.grew}};
    return {{"running", snapshot.running}, {"processes", std::move(processes)}, {"files", std::move(files)},
            {"trouble", snapshot.trouble}, {"answers", snapshot.answers},       {"latencies", snapshot.latencies}};
}

Snapshot snapshot_from(const Json& json) {
    Snapshot snapshot;
    json.at("running").get_to(snapshot.running);
    for (const auto& process : json.at("processes")) {
        snapshot.processes.push_back({0, process.at("role"), process.at("identity"), process.at("zombie"),
                                      process.at("orphan"), process.at("busy")});
    }
    for (const auto& [path, file] : json.at("files").items()) snapshot.files[path] = {file.at("size"), file.at("grew")};
    json.at("trouble").get_to(snapshot.trouble);
    json.at("answers").get_to(snapshot.answers);
    json.at("latencies").get_to(snapshot.latencies);
    return snapshot;
}

}  // namespace

const Snapshot* Reference::find(const std::string& scenario) const {
    const auto found = cases.find(scenario);
    return found == cases.end() || faults.contains(scenario) ? nullptr : &found->second;
}

void Reference::add(const std::string& scenario, Snapshot snapshot) {
    std::map<std::string, std::string> trouble;
    for (const auto& line : snapshot.trouble) trouble.emplace(core::sha256(line.first), "");
    for (const auto& known : cases) trouble.insert(known.second.trouble.begin(), known.second.trouble.end());
    cases[scenario] = std::move(snapshot);
    for (auto& known : cases) known.second.trouble = trouble;
}

std::string reference_text(const Reference& reference) {
    Json cases = Json::object();
    for (const auto& [name, snapshot] : reference.cases) cases[name] = to_json(snapshot);
    // Output of a workload may hold any bytes.
    return Json{{"format", kFormat}, {"cases", std::move(cases)}}.dump(1, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

std::optional<Reference> read_reference(std::string_view text) {
    try {
        const auto json = Json::parse(text);
        if (json.at("format") != kFormat) return std::nullopt;
        Reference reference;
        for (const auto& [name, snapshot] : json.at("cases").items())
            reference.cases.emplace(name, snapshot_from(snapshot));
        return reference;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

}  // namespace callgate::engine
