#include "harness/plan/schema.h"

#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "reports/embedded.h"
#include "scenarios/step_kind.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>
#include <string_view>

namespace callgate::cli {

namespace {

std::string plan_schema() {
    std::vector<std::pair<std::string, std::string>> steps;
    for (const auto* kind : scenarios::step_kinds()) steps.emplace_back(kind->name, kind->schema);
    return plan::schema_text(steps);
}

std::string_view run_schema() {
    const auto files = reports::embedded_files();
    const auto found =
        std::find_if(files.begin(), files.end(), [](const auto& file) { return file.name == "run.schema.json"; });
    return found->text;
}

int run(const Invocation& invocation) {
    std::string kind;
    CLI::App app{"Print a JSON Schema.", "callgate schema"};
    app.add_option("kind", kind, "plan: what `callgate test` reads; run: what it writes as run.json")
        ->required()
        ->check(CLI::IsMember({"plan", "run"}));
    app.footer("For an editor, as first line of a plan: # yaml-language-server: $schema=plan.schema.json");
    if (const auto code = parse(app, invocation)) return *code;
    invocation.out << (kind == "plan" ? plan_schema() : run_schema());
    return kOk;
}

}  // namespace

extern const Command schema_command;
const Command schema_command{"schema", "print the JSON Schema of a plan or of run.json", run};

}  // namespace callgate::cli
