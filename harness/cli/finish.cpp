#include "harness/cli/finish.h"

#include "reports/redact.h"

namespace callgate::cli {

model::RunResult finished(model::RunResult run, const Invocation& invocation) {
    run.version = version();
    run.command = invocation.words;
    std::vector<std::string> environment;
    for (const auto& [name, value] : invocation.environment) environment.push_back(name + "=" + value);
    reports::Redactor{environment}.apply(run);
    return run;
}

}  // namespace callgate::cli
