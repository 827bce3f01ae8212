#include "scenarios/step_kind.h"

#include <array>

namespace callgate::scenarios {

#define CALLGATE_STEP_KIND(name)     \
    namespace steps::name {          \
    extern const StepKind kStepKind; \
    }
#include "scenarios/step_kinds.inc"
#undef CALLGATE_STEP_KIND

std::span<const StepKind* const> step_kinds() {
    static constexpr std::array kKinds{
#define CALLGATE_STEP_KIND(name) &steps::name::kStepKind,
#include "scenarios/step_kinds.inc"
#undef CALLGATE_STEP_KIND
    };
    return kKinds;
}

}  // namespace callgate::scenarios
