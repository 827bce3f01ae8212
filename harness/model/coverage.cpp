#include "harness/model/coverage.h"

#include <algorithm>

namespace callgate::model {

std::size_t Coverage::used() const {
    return static_cast<std::size_t>(
        std::count_if(permissions.begin(), permissions.end(), [](const PermissionUse& one) { return one.used(); }));
}

unsigned Coverage::percent() const {
    return permissions.empty() ? 100U : static_cast<unsigned>(100 * used() / permissions.size());
}

}  // namespace callgate::model
