#include "profiles/runtime_defaults.h"

namespace callgate::profiles {

namespace {

constexpr RuntimeDefault kDefaults[] = {
#include "profiles/runtime_defaults.inc"
};

}  // namespace

std::vector<RuntimeDefault> runtime_defaults(model::Arch arch) {
    std::vector<RuntimeDefault> found;
    for (const auto& one : kDefaults) {
        if (one.arch == model::arch_name(arch)) found.push_back(one);
    }
    return found;
}

}  // namespace callgate::profiles
