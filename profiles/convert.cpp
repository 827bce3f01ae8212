#include "profiles/convert.h"

#include "profiles/by_name.h"
#include "profiles/resolve.h"

#include <fmt/format.h>

#include <utility>

namespace callgate::profiles {

namespace {

/// The writers of these say what they lost of a profile that is resolved for another machine; on this one its native
/// architecture is what a reader adds by itself.
model::Profile for_this_machine(model::Profile profile) {
    if (profile.native == model::native_arch()) profile.native.reset();
    return profile;
}

}  // namespace

core::Result<Written> convert(const model::Profile& profile, const ProfileFormat& to, const Target& target) {
    if (to.write == nullptr) return core::fail(fmt::format("{} is only read, never written", to.name));
    if (to.says_conditions || !model::is_conditional(profile)) return to.write(profile);
    auto resolution = resolve(profile, target);
    auto written = to.write(for_this_machine(std::move(resolution.profile)));
    if (!written) return written;
    std::vector<std::string> losses{
        fmt::format("{} has no conditions: they are decided for {}", to.name, describe(target))};
    for (const auto& decision : resolution.decisions) losses.push_back(at(decision.span, decision.text));
    losses.insert(losses.end(), written->losses.begin(), written->losses.end());
    written->losses = std::move(losses);
    return written;
}

}  // namespace callgate::profiles
