#include "harness/core/unique_fd.h"

#include <unistd.h>

#include <utility>

namespace callgate::core {

void UniqueFd::reset(int fd) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);
}

}  // namespace callgate::core
