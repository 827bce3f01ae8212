#include "harness/cli/filter.h"

#include "harness/cli/resolved.h"

#include <utility>

namespace callgate::cli {

std::optional<profiles::Filter> load_filter(const std::string& path, const ProfileOptions& options,
                                            core::Diagnostics& diagnostics) {
    auto content = load_resolved(path, path, {}, options, diagnostics);
    if (!content) return std::nullopt;
    if (auto* program = std::get_if<bpf::Program>(&*content)) return profiles::Filter{path, std::move(*program)};
    auto& resolved = std::get<Resolved>(*content);
    auto compiled = resolved.compile();
    if (!compiled) {
        diagnostics.error({}, compiled.error().message);
        return std::nullopt;
    }
    return profiles::Filter{std::move(resolved.profile), std::move(compiled->program)};
}

}  // namespace callgate::cli
