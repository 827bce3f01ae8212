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

void add_arch(const model::Profile::Name& name, std::vector<model::Arch>& archs) {
    const auto arch = model::arch_from_oci(name.text);
    if (arch && std::find(archs.begin(), archs.end(), *arch) == archs.end()) archs.push_back(*arch);
}

void warn(const model::Profile::Name& name, const std::vector<model::Arch>& archs, core::Diagnostics& diagnostics) {
    const auto word = core::shortened(name.text, kShown);
    const bool known = model::libseccomp_knows(name.text);
    const auto* call = model::find_syscall(name.text);
    const bool exists = std::any_of(archs.begin(), archs.end(),
                                    [&](model::Arch arch) { return model::table_number(arch, name.text).has_value(); });
    if (exists) {
        diagnostics.warning(
            name.span,
            fmt::format("libseccomp {} does not know the system call '{}'{}: a runtime that uses it leaves "
                        "the call out silently",
                        libseccomp_version(), word, known ? " on " + joined(archs) : ""),
            since(*call));
    } else if (known || call != nullptr) {
        diagnostics.warning(name.span,
                            fmt::format("none of the profile's architectures has the system call '{}'", word),
                            fmt::format("they are {}", joined(archs)));
    } else {
        const auto near = model::closest_syscall(name.text);
        diagnostics.warning(name.span,
                            fmt::format("no kernel up to Linux {} has a system call '{}': runtimes skip it silently",
                                        model::to_string(model::newest_kernel()), word),
                            near ? fmt::format("did you mean '{}'?", *near) : std::string{});
    }
}

}  // namespace

void warn_of_names(const model::Profile& profile, core::Diagnostics& diagnostics) {
    auto archs = effective_archs(profile);
    for (const auto& mapping : profile.arch_map) {
        add_arch(mapping.architecture, archs);
        for (const auto& sub : mapping.sub_architectures) add_arch(sub, archs);
    }
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

std::string since(const model::SyscallInfo& call) {
    const auto kernel = call.introduced ? fmt::format("in Linux since {}", model::to_string(*call.introduced))
                                        : std::string{"in Linux since before its records"};
    if (call.libseccomp_since) {
        return fmt::format("{}, in libseccomp since {}", kernel, model::in_full(*call.libseccomp_since));
    }
    return fmt::format("{}, in no libseccomp up to {}", kernel, model::in_full(model::libseccomp_versions().back()));
}

}  // namespace callgate::profiles
