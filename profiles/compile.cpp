#include "profiles/compile.h"

#include "profiles/builder.h"
#include "profiles/by_name.h"

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

/// Where the first thing stands that only some runtimes read.
core::Span first_condition(const model::Profile& profile) {
    if (!profile.arch_map.empty()) return profile.arch_map.front().architecture.span;
    if (profile.default_errno_name) return profile.default_errno_name->span;
    const auto found = std::find_if(profile.rules.begin(), profile.rules.end(),
                                    [](const auto& rule) { return model::is_conditional(rule); });
    return found == profile.rules.end() ? profile.span : found->span;
}

}  // namespace

core::Result<Compiled> compile(const model::Profile& profile) {
    return compile(profile, runtime_layout(profile));
}

core::Result<Compiled> compile(const model::Profile& profile, Layout layout) {
    if (model::is_conditional(profile)) {
        return core::fail(at(first_condition(profile),
                             "what this means depends on where it is used: the profile has to be resolved"));
    }
    auto built = build(profile, Returns::actions, layout);
    if (!built) return core::fail(built.error());
    return Compiled{std::move(built->program), filter_flags(profile)};
}

}  // namespace callgate::profiles
