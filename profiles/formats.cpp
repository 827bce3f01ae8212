#include "profiles/format.h"

#include <algorithm>
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

const ProfileFormat* find_format(std::string_view name) {
    const auto all = formats();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto* format) { return format->name == name; });
    return found == all.end() ? nullptr : *found;
}

}  // namespace callgate::profiles
