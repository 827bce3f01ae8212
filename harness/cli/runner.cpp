#include "harness/cli/runner.h"

#include "harness/core/closest.h"
#include "runners/runner_kind.h"
#include "runners/trap_backend.h"

#include <fmt/format.h>

namespace callgate::cli {

core::Result<std::unique_ptr<ports::Runner>> make_runner(const std::string& trap, bool needs_trap) {
    const bool any = trap.empty() || trap == "auto";
    std::vector<std::string> names{"auto"};
    std::string why;
    for (const auto* backend : runners::trap_backends()) {
        names.emplace_back(backend->name);
        if (!any && backend->name != trap) continue;
        const auto works = needs_trap ? backend->probe() : core::Status{};
        if (works) return runners::runner_kinds().front()->make(*backend);
        why = works.error().message;
    }
    if (!why.empty()) return core::fail(why);
    return core::fail(fmt::format("no trap backend '{}'; {}", trap, core::suggestion(trap, names)));
}

}  // namespace callgate::cli
