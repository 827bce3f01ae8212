#include "profiles/observation.h"

#include "harness/model/call.h"
#include "profiles/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace callgate::profiles {

void Observation::name(const Piece& word) {
    names_.push_back({std::string{word.text}, word.span});
}

void Observation::number(const core::Span& span, std::uint32_t audit_arch, std::int32_t nr) {
    const auto arch = model::arch_of_call(audit_arch, nr);
    auto known = model::syscall_name(audit_arch, nr);
    if (!model::known_syscall(known)) {
        diagnostics_.warning(
            span, fmt::format("{} of {} has no name: no profile can permit it", known, model::arch_name(arch)));
        return;
    }
    names_.push_back({std::move(known), span});
    if (arch != model::native_arch() && std::find(archs_.begin(), archs_.end(), arch) == archs_.end())
        archs_.push_back(arch);
}

std::optional<model::Profile> Observation::profile(const document::Source& source) {
    if (names_.empty()) {
        diagnostics_.error(first_byte(source), "this log shows no system call");
        return std::nullopt;
    }
    auto profile = allow_list(source, names_);
    if (!archs_.empty()) {
        profile.architectures = {model::native_arch()};
        profile.architectures.insert(profile.architectures.end(), archs_.begin(), archs_.end());
    }
    // A log has calls in the order in which they came, which says nothing.
    auto& names = profile.rules.front().names;
    std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
    warn_of_names(profile, diagnostics_);
    return profile;
}

}  // namespace callgate::profiles
