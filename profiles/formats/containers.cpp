// The format of Podman and CRI-O (containers/container-libs common/pkg/seccomp/types.go): Docker's without minKernel
// and with errnos by name.
#include "profiles/format.h"
#include "profiles/spec_marks.h"
#include "profiles/spec_reader.h"
#include "profiles/spec_writer.h"

#include <algorithm>

namespace callgate::profiles::containers {

namespace {

constexpr SpecDialect kDialect{.conditions = true, .errno_names = true};

bool recognises(const Input& input) {
    return input.root != nullptr && has_containers_marks(*input.root);
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    auto profile = read_whole(input, kDialect, diagnostics);
    if (!profile) return std::nullopt;
    for (const auto& rule : profile->rules) {
        for (const auto* conditions : {&rule.includes, &rule.excludes}) {
            if (!conditions->min_kernel) continue;
            diagnostics.warning(conditions->min_kernel->span, "Podman and CRI-O pass over minKernel",
                                "only Docker reads it");
        }
    }
    return std::move(*profile);
}

core::Result<Written> write(const model::Profile& profile) {
    return write_spec(profile, kDialect, "the format of containers/common");
}

}  // namespace

extern const ProfileFormat kFormat{
    "containers", "Podman's and CRI-O's: Docker's with errnos by name; JSON", recognises, read, write, true};

}  // namespace callgate::profiles::containers
