#include "harness/plan/schema.h"
#include "tests/unit/plan/plan_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace callgate::plan {

namespace {

using Json = nlohmann::json;

Json schema() {
    return Json::parse(schema_text({{"nap", R"({"nap": {"type": "string"}})"}}));
}

std::set<std::string> keys(const Json& properties) {
    std::set<std::string> names;
    for (const auto& [name, value] : properties.items()) names.insert(name);
    return names;
}

/// What the reader says when it meets a key that is near to none: it lists those it knows.
std::set<std::string> known_keys(const std::string& plan, const std::string& what) {
    const PlanText read{plan};
    const auto& all = read.diagnostics.all();
    const auto found = std::find_if(all.begin(), all.end(), [&](const core::Diagnostic& d) {
        return d.message == what + " does not know the key 'qqqqqqqqqqqqqqqq'";
    });
    if (found == all.end()) return {read.said()};
    const std::string start = "one of ";
    REQUIRE(found->hint.starts_with(start));
    std::set<std::string> names;
    for (auto rest = found->hint.substr(start.size()); !rest.empty();) {
        const auto comma = rest.find(", ");
        names.insert(rest.substr(0, comma));
        rest.erase(0, comma == std::string::npos ? comma : comma + 2);
    }
    return names;
}

}  // namespace

TEST_CASE("the schema of a plan has the keys that the reader knows", "[plan]") {
    const std::string unknown = "qqqqqqqqqqqqqqqq: 1";
    const auto all = schema();
    const auto& defs = all["$defs"];
    const auto& workload = defs["workload"]["properties"];
    const auto& expected = all["properties"]["expect"]["properties"];
    CHECK(known_keys(kStart + kWorkload + unknown, "a plan") == keys(all["properties"]));
    CHECK(known_keys(kStart + "workload: {command: [a], " + unknown + "}", "workload") == keys(workload));
    CHECK(known_keys(kStart + "workload: {command: [a], files: [{path: a, text: b, " + unknown + "}]}", "a file") ==
          keys(defs["file"]["properties"]));
    CHECK(known_keys(kStart + "workload: {command: [a], stop: {" + unknown + "}}", "stop") ==
          keys(workload["stop"]["properties"]));
    CHECK(known_keys(kStart + "workload: {command: [a], stop: {expect: {exit: 0, " + unknown + "}}}",
                     "the expected end") == keys(workload["stop"]["properties"]["expect"]["properties"]));
    CHECK(known_keys(kStart + kWorkload + "scenarios: [{use: load, " + unknown + "}]", "a scenario") ==
          keys(defs["scenario"]["properties"]));
    CHECK(known_keys(kStart + kWorkload + "expect: {" + unknown + "}", "expect") == keys(expected));
    CHECK(known_keys(kStart + kWorkload + "expect: {refused: [{syscall: bpf, reason: a, " + unknown + "}]}",
                     "an expected refusal") == keys(expected["refused"]["items"]["properties"]));
}

TEST_CASE("the schema knows every mode", "[plan]") {
    std::set<std::string> modes;
    for (const auto mode : model::all_modes()) modes.emplace(model::mode_name(mode));
    CHECK(schema()["properties"]["modes"]["items"]["enum"].get<std::set<std::string>>() == modes);
}

TEST_CASE("step kinds are put into the schema", "[plan]") {
    const auto step = Json::parse(
        schema_text({{"nap", R"({"nap": {"type": "string"}})"},
                     {"while", R"({"while": {"type": "string"}, "then": {"type": "array"}})"}}))["$defs"]["step"];
    CHECK(keys(step["properties"]) == std::set<std::string>{"name", "nap", "then", "while"});
    CHECK(step["additionalProperties"] == false);
    CHECK(step["oneOf"] == Json::parse(R"([{"required": ["nap"]}, {"required": ["while"]}])"));
    CHECK(step["dependencies"] == Json::parse(R"({"then": ["while"], "while": ["then"]})"));
}

}  // namespace callgate::plan
