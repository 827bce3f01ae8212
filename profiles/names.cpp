#include "profiles/names.h"

#include "harness/core/printable.h"
#include "harness/model/call.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::profiles {

namespace {

constexpr std::size_t kMostWarnings = 100;
constexpr std::size_t kShown = 60;

std::string joined(const std::vector<model::Arch>& archs) {
    std::vector<std::string> names;
    names.reserve(archs.size());
    for (const auto arch : archs) names.push_back(model::arch_name(arch));
    return fmt::format("{}", fmt::join(names, ", "));
}

void warn(const model::Profile::Name& name, const std::vector<model::Arch>& archs, core::Diagnostics& diagnostics) {
    const auto word = core::shortened(name.text, kShown);
    if (model::libseccomp_knows(name.text)) {
        diagnostics.warning(name.span,
                            fmt::format("none of the profile's architectures has the system call '{}'", word),
                            fmt::format("they are {}", joined(archs)));
        return;
    }
    const auto near = model::closest_syscall(name.text);
    diagnostics.warning(name.span,
                        fmt::format("system call '{}' is unknown to libseccomp {}: runtimes skip it silently", word,
                                    libseccomp_version()),
                        near ? fmt::format("did you mean '{}'?", *near) : std::string{});
}

}  // namespace

void warn_of_names(const model::Profile& profile, core::Diagnostics& diagnostics) {
    const auto archs = effective_archs(profile);
    const auto exists = [&](const std::string& name) {
        return std::any_of(archs.begin(), archs.end(),
                           [&](model::Arch arch) { return model::libseccomp_number(arch, name).has_value(); });
    };
    std::size_t skipped = 0;
    const model::Profile::Name* last = nullptr;
    for (const auto& rule : profile.rules) {
        for (const auto& name : rule.names) {
            if (exists(name.text)) continue;
            last = &name;
            if (++skipped <= kMostWarnings) warn(name, archs, diagnostics);
        }
    }
    if (skipped > kMostWarnings) {
        diagnostics.warning(last->span,
                            fmt::format("{} more system call names are skipped silently by runtimes; this is the last",
                                        skipped - kMostWarnings));
    }
}

}  // namespace callgate::profiles
