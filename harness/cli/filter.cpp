#include "harness/cli/filter.h"

#include "harness/cli/candidate.h"

#include <utility>

namespace callgate::cli {

std::optional<profiles::Filter> load_filter(const std::string& path, core::Diagnostics& diagnostics) {
    auto profile = load_profile(path, path, {}, diagnostics);
    if (!profile) return std::nullopt;
    auto filter = profiles::Filter::of(std::move(*profile));
    if (!filter) {
        diagnostics.error({}, filter.error().message);
        return std::nullopt;
    }
    return std::move(*filter);
}

}  // namespace callgate::cli
