#include "profiles/compile.h"

#include "profiles/builder.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <string_view>

namespace callgate::profiles {

namespace {

std::uint32_t filter_flags(const model::Profile& profile) {
    // No `flags` at all is not the same as an empty list: runtimes then take SPEC_ALLOW (runc specconv, crun).
    if (!profile.flags) return SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    const auto has = [&](std::string_view name) {
        return std::find(profile.flags->begin(), profile.flags->end(), name) != profile.flags->end();
    };
    std::uint32_t flags = 0;
    if (has("SECCOMP_FILTER_FLAG_LOG")) flags |= SECCOMP_FILTER_FLAG_LOG;
    if (has("SECCOMP_FILTER_FLAG_SPEC_ALLOW")) flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    return flags;
}

}  // namespace

core::Result<Compiled> compile(const model::Profile& profile) {
    auto built = build(profile, Returns::actions);
    if (!built) return core::fail(built.error());
    return Compiled{std::move(built->program), filter_flags(profile)};
}

}  // namespace callgate::profiles
