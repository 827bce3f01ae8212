#include "harness/cli/resolved.h"

#include "profiles/lines.h"
#include "profiles/resolve.h"

#include <fmt/format.h>

#include <utility>

namespace callgate::cli {

core::Result<profiles::Compiled> Resolved::compile() const {
    // Without --as runc's stub is left out: it is runc's alone.
    return asked ? profiles::install(profile, *target) : profiles::compile(profile);
}

std::function<model::Profile(const model::Profile&)> Resolved::resolver() const {
    if (!target) return nullptr;
    return [target = *target](const model::Profile& other) { return profiles::resolve(other, target).profile; };
}

std::optional<std::variant<Resolved, bpf::Program>> load_resolved(const std::string& path, const std::string& name,
                                                                  const core::Span& from, const ProfileOptions& options,
                                                                  core::Diagnostics& diagnostics) {
    auto content = load_content(path, name, from, options, diagnostics);
    if (!content) return std::nullopt;
    return resolved(std::move(*content), name, from, options, diagnostics);
}

std::optional<std::variant<Resolved, bpf::Program>> resolved(profiles::Content content, const std::string& name,
                                                             const core::Span& from, const ProfileOptions& options,
                                                             core::Diagnostics& diagnostics) {
    const bool asked = !options.as.empty();
    if (auto* program = std::get_if<bpf::Program>(&content)) {
        if (!asked) return std::move(*program);
        diagnostics.error(from, fmt::format("'{}' is a compiled filter: no target makes anything else of it", name),
                          "leave --as out");
        return std::nullopt;
    }
    auto& profile = std::get<model::Profile>(content);
    auto target = target_of(options, diagnostics);
    if (asked && !target) return std::nullopt;
    if (!target && model::is_conditional(profile)) {
        target = profiles::own_target(profile, host_kernel());
        diagnostics.note(
            profiles::first_byte(profile.span.source),
            fmt::format("what this means depends on where it is used: it is taken as {}", describe(*target)),
            "--as TARGET names another; `callgate resolve` shows what comes of it");
    }
    if (target) profile = profiles::resolve(profile, *target).profile;
    return Resolved{std::move(profile), std::move(target), asked};
}

}  // namespace callgate::cli
