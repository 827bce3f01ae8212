#pragma once

#include "harness/bpf/instrument.h"
#include "harness/core/result.h"
#include "harness/ports/launch.h"
#include "runners/trap/watches.h"

#include <string>

namespace callgate::runners {

/// The candidate as a trap installs it: what the mode wants to see is handed over, and so are the watched calls.
struct VisibleFilter {
    bpf::Program program;
    std::string unwatched;  ///< why the calls could not be watched too, for people; "" when they are
};

/// Fails where the candidate cannot be run in the confinement's mode.
core::Result<VisibleFilter> visible_filter(const ports::Confinement& confinement, const Watches& watches,
                                           bpf::HandOver how);

}  // namespace callgate::runners
