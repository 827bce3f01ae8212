#include "harness/cli/finish.h"

#include "harness/engine/facts.h"
#include "reports/redact.h"

namespace callgate::cli {

model::RunResult finished(model::RunResult run, const Invocation& invocation) {
    run.version = version();
    run.command = invocation.words;
    reports::Redactor{engine::as_environment(invocation.environment)}.apply(run);
    return run;
}

}  // namespace callgate::cli
