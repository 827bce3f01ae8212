#pragma once

#include "harness/model/profile.h"
#include "profiles/format.h"
#include "profiles/spec_reader.h"

namespace callgate::profiles {

/// The profile as JSON in a dialect of the runtime-spec, one name per line, and what the dialect has no words for.
/// Where the dialect has no conditions the profile must not be conditional.
Written write_spec(const model::Profile& profile, const SpecDialect& dialect, std::string_view format);

/// "SCMP_ARCH_X86_64", of one that is among model::known_archs().
std::string_view oci_name(model::Arch arch);

/// The architectures as a profile lists them: with the one that the filter is made for, where that was settled.
std::vector<model::Arch> listed_archs(const model::Profile& profile);

}  // namespace callgate::profiles
