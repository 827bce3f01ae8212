#include "harness/cli/finish.h"

#include "harness/engine/facts.h"
#include "reports/redact.h"

#include <filesystem>
#include <system_error>

namespace callgate::cli {

model::RunResult finished(model::RunResult run, const Invocation& invocation) {
    run.version = version();
    run.command = invocation.words;
    std::error_code gone;
    if (run.directory.empty()) run.directory = std::filesystem::current_path(gone).string();
    reports::Redactor{engine::as_environment(invocation.environment)}.apply(run);
    return run;
}

}  // namespace callgate::cli
