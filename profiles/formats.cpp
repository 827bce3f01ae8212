#include "profiles/format.h"

#include <array>

namespace callgate::profiles {

#define CALLGATE_PROFILE_FORMAT(name)   \
    namespace name {                    \
    extern const ProfileFormat kFormat; \
    }
#include "profiles/formats.inc"
#undef CALLGATE_PROFILE_FORMAT

std::span<const ProfileFormat* const> formats() {
    static constexpr std::array kAll{
#define CALLGATE_PROFILE_FORMAT(name) &name::kFormat,
#include "profiles/formats.inc"
#undef CALLGATE_PROFILE_FORMAT
    };
    return kAll;
}

}  // namespace callgate::profiles
