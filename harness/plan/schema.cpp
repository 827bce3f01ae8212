#include "harness/plan/schema.h"

#include "harness/core/result.h"
#include "harness/plan/embedded.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace callgate::plan {

namespace {

// Keeps the order of the file: the schema is read by people too.
using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;

Json parse(std::string_view text, const std::string& what) {
    auto json = Json::parse(text, nullptr, false);
    core::ensure(!json.is_discarded(), what + " is JSON");
    return json;
}

}  // namespace

std::string schema_text(const std::vector<std::pair<std::string, std::string>>& step_schemas) {
    const auto files = embedded_files();
    core::ensure(files.size() == 1, "the plan's schema is embedded");
    auto schema = parse(files.front().text, "the plan's schema");
    auto& step = schema["$defs"]["step"];
    for (const auto& [kind, text] : step_schemas) {
        const auto properties = parse(text, "the schema of step kind " + kind);
        step["oneOf"].push_back({{"required", {kind}}});
        for (const auto& [key, value] : properties.items()) {
            step["properties"][key] = value;
            if (key == kind) continue;
            // What stands beside a kind's key needs it, and is needed by it.
            step["dependencies"][key].push_back(kind);
            step["dependencies"][kind].push_back(key);
        }
    }
    return schema.dump(kIndent) + "\n";
}

}  // namespace callgate::plan
