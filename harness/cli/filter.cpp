#include "harness/cli/filter.h"

#include "harness/cli/resolved.h"
#include "profiles/load.h"

#include <memory>
#include <utility>
#include <variant>

namespace callgate::cli {

namespace {

using Content = std::optional<std::variant<Resolved, bpf::Program>>;

std::optional<profiles::Filter> filter_of(Content content, const std::string& name, core::Diagnostics& diagnostics) {
    if (!content) return std::nullopt;
    if (auto* program = std::get_if<bpf::Program>(&*content)) return profiles::Filter{name, std::move(*program)};
    auto& resolved = std::get<Resolved>(*content);
    auto compiled = resolved.compile();
    if (!compiled) {
        diagnostics.error({}, compiled.error().message);
        return std::nullopt;
    }
    return profiles::Filter{std::move(resolved.profile), std::move(compiled->program)};
}

}  // namespace

std::optional<profiles::Filter> load_filter(const std::string& path, const ProfileOptions& options,
                                            core::Diagnostics& diagnostics) {
    return filter_of(load_resolved(path, path, {}, options, diagnostics), path, diagnostics);
}

std::optional<profiles::Filter> filter_in(const std::string& text, const std::string& name,
                                          const ProfileOptions& options, core::Diagnostics& diagnostics) {
    const document::Source source{std::make_shared<const core::SourceText>(core::SourceText{name, text})};
    profiles::ReadOptions reading;
    reading.format = options.from;
    auto content = profiles::load(source, reading, diagnostics);
    if (!content) return std::nullopt;
    return filter_of(resolved(std::move(*content), name, {}, options, diagnostics), name, diagnostics);
}

}  // namespace callgate::cli
