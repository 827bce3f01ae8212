#include "harness/document/expand.h"
#include "scenarios/library.h"
#include "tests/unit/scenarios/step_text.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace callgate::scenarios {

namespace {

std::map<std::string, document::Node> parameters(const std::string& yaml, core::Diagnostics& diagnostics) {
    std::map<std::string, document::Node> with;
    for (const auto& member : parse_node(yaml, diagnostics).members) with.emplace(member.key, member.value);
    return with;
}

}  // namespace

TEST_CASE("every scenario of the library can be used with its defaults", "[scenarios]") {
    REQUIRE(library().size() >= 4);
    CHECK(std::is_sorted(library().begin(), library().end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
    for (const auto& scenario : library()) {
        INFO(scenario.name);
        CHECK(!scenario.summary.empty());
        core::Diagnostics diagnostics;
        const auto samples = parameters(
            R"({url: "http://127.0.0.1:1/", connect: "127.0.0.1:1", old: a.pem, new: b.pem, replace: [cp, b.pem, a.pem],
                gc: "http://127.0.0.1:1/gc", inspector: 9229, worker: "nginx: worker*"})",
            diagnostics);
        std::map<std::string, document::Node> with;
        for (const auto& parameter : scenario.parameters) {
            if (!parameter.usual) with.emplace(parameter.name, samples.at(parameter.name));
        }
        const auto used = instantiate(scenario.name, with, {}, diagnostics);
        INFO(core::render(diagnostics));
        REQUIRE(used.has_value());
        CHECK(used->workload.has_value() == scenario.workload.has_value());
        const auto built = build_steps(used->steps, diagnostics);
        INFO(core::render(diagnostics));
        CHECK(diagnostics.all().empty());
        CHECK(built.size() == scenario.steps.size());
    }
}

TEST_CASE("parameters are put in and keep the variables of the plan", "[scenarios]") {
    core::Diagnostics diagnostics;
    const auto with = parameters(
        "{url: \"http://127.0.0.1:${port.http}/\", connections: 16, for: 2s, status: [200, 404]}", diagnostics);
    auto steps = instantiate("load", with, {}, diagnostics).value().steps;
    REQUIRE(steps.size() == 1);
    const auto& http = *steps[0].find("http");
    CHECK(http.find("url")->scalar == "http://127.0.0.1:${port.http}/");
    CHECK(http.find("expect")->find("status")->items.size() == 2);
    for (auto& step : steps) step = document::expand(step, {{"port.http", "8080"}}, diagnostics);
    const auto built = build_steps(steps, diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(built.size() == 1);
    CHECK(built[0]->name() == "http GET http://127.0.0.1:8080/");
    CHECK(built[0]->limit() == core::Milliseconds{13'000});
}

TEST_CASE("a library scenario brings what its workload needs", "[scenarios]") {
    core::Diagnostics diagnostics;
    const auto used =
        instantiate("gc-pressure-go", parameters("{url: \"http://h/\", gc: \"http://h/gc\", gogc: 5}", diagnostics), {},
                    diagnostics);
    REQUIRE(used.has_value());
    REQUIRE(used->workload.has_value());
    CHECK(used->workload->find("env")->find("GOGC")->scalar == "5");
    CHECK(used->workload->find("env")->find("GOMEMLIMIT")->scalar == "32MiB");
    CHECK(!instantiate("load", parameters("{url: \"http://h/\"}", diagnostics), {}, diagnostics)->workload.has_value());
}

TEST_CASE("a wrong value of a parameter is shown where the plan wrote it", "[scenarios]") {
    core::Diagnostics diagnostics;
    const auto with = parameters("{url: \"http://h/\", connections: many}", diagnostics);
    const auto steps = instantiate("load", with, with.at("url").span, diagnostics).value().steps;
    static_cast<void>(build_steps(steps, diagnostics));
    CHECK(core::render(diagnostics) == R"(plan.yaml:1:33: error: 'many' is not a whole number from 1 to 10000
  1 | {url: "http://h/", connections: many}
    |                                 ^~~~
)");
}

TEST_CASE("mistakes in the use of the library", "[scenarios]") {
    core::Diagnostics diagnostics;
    const auto with = parameters("{ulr: \"http://h/\"}", diagnostics);
    const auto& span = with.at("ulr").span;
    CHECK(!instantiate("lod", {}, span, diagnostics).has_value());
    CHECK(!instantiate("load", with, span, diagnostics).has_value());
    REQUIRE(diagnostics.all().size() == 3);
    CHECK(diagnostics.all()[0].message == "no scenario 'lod' in the library");
    CHECK(diagnostics.all()[0].hint == "did you mean 'load'?");
    CHECK(diagnostics.all()[1].message == "scenario 'load' needs the parameter 'url'");
    CHECK(diagnostics.all()[1].hint == "what to ask for; write with: {url: ...}");
    CHECK(diagnostics.all()[2].message == "scenario 'load' does not know the parameter 'ulr'");
    CHECK(diagnostics.all()[2].hint == "did you mean 'url'?");
}

}  // namespace callgate::scenarios
