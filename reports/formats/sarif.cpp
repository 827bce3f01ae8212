#include "reports/case_text.h"
#include "reports/format.h"
#include "reports/remarks.h"
#include "reports/wording.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports::sarif {

namespace {

using Json = nlohmann::ordered_json;

/// GitHub keeps the 5,000 worst results of a run and takes 10 MB of it, compressed.
constexpr std::size_t kMostResults = 5000;
constexpr std::size_t kMostTogether = std::size_t{12} * 1024 * 1024;
constexpr std::size_t kLeastText = 512;
constexpr std::size_t kMostText = std::size_t{8} * 1024;
/// Stacks as data, for editors, besides those in the text.
constexpr std::size_t kMostWithStacks = 200;
constexpr std::size_t kMostStacks = 4;
constexpr std::size_t kMostFrames = 16;

/// A path as a URI reference: what RFC 3986 does not let stand for itself is encoded, byte by byte. An absolute path
/// is a URI of its own.
std::string uri(std::string_view path) {
    std::string out = path.starts_with('/') ? "file://" : "";
    for (const char c : path) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view{"-._~/"}.find(c) != std::string_view::npos;
        out += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Json location(const model::Place& place) {
    Json physical{{"artifactLocation", {{"uri", uri(place.file)}}}};
    if (place.line > 0) physical["region"] = {{"startLine", place.line}};
    return {{"physicalLocation", std::move(physical)}};
}

Json frame(const model::RunResult& run, const model::StackFrame& f) {
    Json where = f.file.empty()
                     ? Json::object()
                     : location({repository_path(run, f.file), static_cast<std::size_t>(std::max(0, f.line)), 0});
    where["message"] = {{"text", frame_words(f)}};
    Json json{{"location", std::move(where)}};
    if (!f.module.empty()) json["module"] = shown(f.module);
    return json;
}

Json stacks(const model::RunResult& run, const Remark& remark) {
    Json list = Json::array();
    for (const auto* v : remark.seen) {
        if (v->stack.empty()) continue;
        if (list.size() == kMostStacks) break;
        Json frames = Json::array();
        for (std::size_t i = 0; i < std::min(v->stack.size(), kMostFrames); ++i)
            frames.push_back(frame(run, v->stack[i]));
        Json stack{{"message", {{"text", call_words(*v)}}}, {"frames", std::move(frames)}};
        // The schema wants each to be another.
        if (std::find(list.begin(), list.end(), stack) == list.end()) list.push_back(std::move(stack));
    }
    return list;
}

std::size_t index_of(const RemarkKind* kind) {
    return static_cast<std::size_t>(kind - remark_kinds().data());
}

Json result(const model::RunResult& run, const Remark& remark, std::size_t limit, bool with_stacks) {
    Json json{{"ruleId", remark.kind->id},
              {"ruleIndex", index_of(remark.kind)},
              {"level", is_error(remark) ? "error" : "warning"},
              {"message", {{"text", remark.message + "\n\n" + head_and_tail(remark.text, limit)}}},
              {"locations", Json::array()},
              {"partialFingerprints", {{"callgate/v1", remark.fingerprint}}}};
    if (!remark.place.file.empty()) json["locations"].push_back(location(remark.place));
    if (remark.scenario) {
        auto scenario = location(*remark.scenario);
        scenario["message"] = {{"text", "what led to it"}};
        json["relatedLocations"] = Json::array({std::move(scenario)});
    }
    if (auto list = with_stacks ? stacks(run, remark) : Json::array(); !list.empty()) json["stacks"] = std::move(list);
    return json;
}

Json rule(const RemarkKind& kind) {
    return {{"id", kind.id},
            {"shortDescription", {{"text", kind.summary}}},
            {"fullDescription", {{"text", kind.summary}}},
            {"help", {{"text", kind.help}}},
            {"properties", {{"tags", {"seccomp"}}}}};
}

Json invocation(const model::RunResult& run, const std::vector<Remark>& all) {
    const auto verdict = reports::verdict(run);
    Json notifications = Json::array();
    const auto tell = [&](std::string_view level, const std::string& text) {
        notifications.push_back({{"level", level}, {"message", {{"text", text}}}});
    };
    if (verdict.tone != Verdict::Tone::good) tell("warning", fmt::format("{}: {}", verdict.word, verdict.text));
    if (all.size() > kMostResults)
        tell("warning", fmt::format("{} more results are in run.json", all.size() - kMostResults));
    Json json{{"executionSuccessful", verdict.tone != Verdict::Tone::unsure}, {"exitCode", model::exit_code(run)}};
    if (!run.started_at.empty()) json["startTimeUtc"] = shown(run.started_at) + "Z";
    if (!notifications.empty()) json["toolExecutionNotifications"] = std::move(notifications);
    return json;
}

std::string render(const model::RunResult& run) {
    const auto all = remarks(run);
    const auto some = std::min(all.size(), kMostResults);
    const auto limit = std::clamp(kMostTogether / std::max<std::size_t>(1, some), kLeastText, kMostText);
    Json rules = Json::array();
    for (const auto& kind : remark_kinds()) rules.push_back(rule(kind));
    Json results = Json::array();
    for (std::size_t i = 0; i < some; ++i) results.push_back(result(run, all[i], limit, i < kMostWithStacks));
    Json driver{{"name", "callgate"}, {"rules", std::move(rules)}};
    if (!run.version.empty()) driver["semanticVersion"] = shown(run.version);
    // Two uploads of one tool in a workflow replace each other unless they have different ids.
    const Json json{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({{{"tool", {{"driver", std::move(driver)}}},
                                           {"automationDetails", {{"id", fmt::format("callgate/{}/", subject(run))}}},
                                           {"invocations", Json::array({invocation(run, all)})},
                                           {"results", std::move(results)}}})}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"sarif", "callgate.sarif", "for code scanning and editors, SARIF 2.1.0", render};

}  // namespace callgate::reports::sarif
