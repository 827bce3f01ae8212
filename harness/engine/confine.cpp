#include "harness/engine/confine.h"

#include "harness/bpf/instrument.h"

namespace callgate::engine {

core::Result<ports::Confinement> confine(const Candidate& candidate, model::Mode mode,
                                         const std::vector<std::string>& never_let_through) {
    auto instrumented = bpf::instrument(candidate.program, mode);
    if (!instrumented) return core::fail(instrumented.error().context(candidate.name));
    return ports::Confinement{mode, candidate.program, std::move(instrumented->program), candidate.filter_flags,
                              never_let_through};
}

}  // namespace callgate::engine
