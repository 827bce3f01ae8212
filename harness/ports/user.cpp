#include "harness/ports/user.h"

#include "harness/core/number.h"

#include <fmt/format.h>

#include <grp.h>
#include <pwd.h>

#include <array>

namespace callgate::ports {

core::Result<Identity> find_user(const std::string& name) {
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (const auto number = core::number_in<uid_t>(name)) {
        const auto uid = *number;
        // setresuid(2) takes -1 for "leave it as it is": the workload would keep callgate's own user.
        if (uid == static_cast<uid_t>(-1)) return core::fail(fmt::format("{} is not the id of a user", name));
        ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
        if (found == nullptr) return Identity{uid, uid, {}};
    } else {
        ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
        if (found == nullptr) return core::fail(fmt::format("no user '{}' on this host", name));
    }
    Identity identity{found->pw_uid, found->pw_gid, {}};
    int count = 64;
    identity.groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(found->pw_name, found->pw_gid, identity.groups.data(), &count) < 0) {
        identity.groups.resize(static_cast<std::size_t>(count));
        ::getgrouplist(found->pw_name, found->pw_gid, identity.groups.data(), &count);
    }
    identity.groups.resize(static_cast<std::size_t>(count));
    return identity;
}

}  // namespace callgate::ports
