#include "profiles/constants.h"

#include "harness/core/closest.h"
#include "harness/model/action.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <linux/membarrier.h>
#include <linux/memfd.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

namespace callgate::profiles {

namespace {

struct Constant {
    std::string_view name;
    std::uint64_t value;
};

// NOLINTNEXTLINE(bugprone-macro-parentheses): a name and its value
#define CALLGATE_CONSTANT(name) Constant{#name, static_cast<std::uint64_t>(name)},
constexpr std::array kConstants{
#include "profiles/constants.inc"
};
#undef CALLGATE_CONSTANT

}  // namespace

std::optional<std::uint64_t> constant(std::string_view name) {
    const auto* found =
        std::find_if(kConstants.begin(), kConstants.end(), [&](const Constant& one) { return one.name == name; });
    if (found != kConstants.end()) return found->value;
    const auto number = model::errno_number(name);
    return number ? std::optional{static_cast<std::uint64_t>(*number)} : std::nullopt;
}

std::string suggest_constant(std::string_view name) {
    std::vector<std::string> names;
    names.reserve(kConstants.size());
    for (const auto& one : kConstants) names.emplace_back(one.name);
    const auto near = core::closest(name, names);
    return near ? "did you mean '" + *near + "'?" : "";
}

}  // namespace callgate::profiles
