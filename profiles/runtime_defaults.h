#pragma once

#include "harness/model/arch.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// What the profile permits that a container engine uses by default, as measured once.
struct RuntimeDefault {
    std::string_view engine;  ///< "docker"
    std::string_view arch;    ///< "x86_64"
    std::size_t always = 0;   ///< calls that happen whatever their arguments are
    std::size_t sometimes = 0;
    std::string_view source;      ///< repository, file and commit
    std::string_view libseccomp;  ///< with which it was compiled
};

/// Those that are known for an architecture. runtime_defaults.py measures them again.
std::vector<RuntimeDefault> runtime_defaults(model::Arch arch);

}  // namespace callgate::profiles
