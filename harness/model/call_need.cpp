#include "harness/model/call_need.h"

#include <array>

namespace callgate::model {

std::string_view need_name(Need need) {
    static constexpr std::array<std::string_view, 4> kNames{"essential", "degraded", "tolerated", "unused"};
    return kNames.at(static_cast<std::size_t>(need));
}

bool dispensable(const CallNeed& call) {
    return (call.need == Need::tolerated || call.need == Need::unused) && !call.not_together;
}

}  // namespace callgate::model
