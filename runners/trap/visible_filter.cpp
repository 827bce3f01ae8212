#include "runners/trap/visible_filter.h"

#include "harness/bpf/watch.h"

#include <utility>

namespace callgate::runners {

core::Result<VisibleFilter> visible_filter(const ports::Confinement& confinement, const Watches& watches,
                                           bpf::HandOver how) {
    auto instrumented = bpf::instrument(confinement.candidate, confinement.mode, how);
    if (!instrumented) return core::fail(instrumented.error());
    auto watching = bpf::watch(instrumented->program, watches.calls(), how);
    if (watching) return VisibleFilter{std::move(*watching), ""};
    return VisibleFilter{
        std::move(instrumented->program),
        "callgate does not see whether the workload hides calls from it (CLONE_UNTRACED, filters of its "
        "own, io_uring): " +
            watching.error().message};
}

}  // namespace callgate::runners
