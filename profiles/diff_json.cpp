#include "harness/core/printable.h"
#include "profiles/diff.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace callgate::profiles {

namespace {

using nlohmann::ordered_json;

std::string_view word(Effect effect) {
    switch (effect) {
        case Effect::permitted:
            return "permitted";
        case Effect::refused:
            return "refused";
        case Effect::otherwise:
            return "otherwise";
    }
    return "otherwise";
}

ordered_json json_of(const std::vector<Decider>& deciders) {
    auto list = ordered_json::array();
    for (const auto& decider : deciders) {
        ordered_json item{{"by", name_of(decider.by)}};
        if (decider.place.line != 0) {
            item["file"] = core::printable(decider.place.file);
            item["line"] = decider.place.line;
            item["column"] = decider.place.column;
        }
        list.push_back(std::move(item));
    }
    return list;
}

ordered_json json_of(const Change& change) {
    auto archs = ordered_json::array();
    for (const auto arch : change.archs) archs.push_back(model::arch_name(arch));
    ordered_json args = ordered_json::array();
    for (const auto value : change.witness.args) args.push_back(fmt::format("{:#x}", value));
    auto risks = ordered_json::array();
    for (const auto& note : change.risks) {
        risks.push_back({{"class", name_of(note.risk->reaches)},
                         {"witness", core::printable(note.witness)},
                         {"lets", note.risk->lets}});
    }
    ordered_json json{{"effect", word(change.effect)}};
    if (change.name.empty()) {
        auto numbers = ordered_json::array();
        for (const auto& [first, last] : change.numbers) numbers.push_back({first, last});
        json["numbers"] = std::move(numbers);
    } else {
        json["syscall"] = change.name;
    }
    json["archs"] = std::move(archs);
    json["listed_by_both"] = change.listed_by_both;
    json["condition"] = bpf::to_words(change.condition);
    json["when"] = core::printable(change.when);
    json["before"] = model::describe(change.before);
    json["after"] = model::describe(change.after);
    json["witness"] = {{"text", core::printable(change.witness_text)},
                       {"arch", fmt::format("{:#x}", change.witness.audit_arch)},
                       {"nr", change.witness.nr},
                       {"args", std::move(args)}};
    json["risks"] = std::move(risks);
    json["first"] = json_of(change.first);
    json["second"] = json_of(change.second);
    return json;
}

}  // namespace

std::string render_json(const Differences& differences) {
    auto changes = ordered_json::array();
    for (const auto& change : differences.changes) changes.push_back(json_of(change));
    auto archs = ordered_json::array();
    for (const auto& change : differences.archs) {
        archs.push_back({{"arch", model::arch_name(change.arch)},
                         {"listed_by", change.added ? "second" : "first"},
                         {"permitted", change.permitted},
                         {"refused", change.refused}});
    }
    auto settings = ordered_json::array();
    for (const auto& change : differences.settings) {
        settings.push_back({{"name", core::printable(change.name)},
                            {"before", core::printable(change.before)},
                            {"after", core::printable(change.after)}});
    }
    const ordered_json document{{"schema", "callgate.diff/1"},
                                {"first", core::printable(differences.first)},
                                {"second", core::printable(differences.second)},
                                {"changes", std::move(changes)},
                                {"architectures", std::move(archs)},
                                {"settings", std::move(settings)}};
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::profiles
