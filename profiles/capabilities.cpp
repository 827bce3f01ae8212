#include "profiles/capabilities.h"

#include "harness/core/printable.h"
#include "profiles/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::profiles {

const std::vector<std::string>& known_capabilities() {
    static const std::vector<std::string> kAll{
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_DAC_READ_SEARCH",
        "CAP_FOWNER",
        "CAP_FSETID",
        "CAP_KILL",
        "CAP_SETGID",
        "CAP_SETUID",
        "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE",
        "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN",
        "CAP_NET_RAW",
        "CAP_IPC_LOCK",
        "CAP_IPC_OWNER",
        "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE",
        "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT",
        "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME",
        "CAP_SYS_TTY_CONFIG",
        "CAP_MKNOD",
        "CAP_LEASE",
        "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP",
        "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN",
        "CAP_SYSLOG",
        "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ",
        "CAP_PERFMON",
        "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE",
    };
    return kAll;
}

void warn_of_capability(const model::Profile::Name& name, core::Diagnostics& diagnostics) {
    constexpr std::size_t kShown = 60;
    const auto& known = known_capabilities();
    if (std::find(known.begin(), known.end(), name.text) != known.end()) return;
    diagnostics.warning(
        name.span, fmt::format("unknown capability '{}': no container ever has it", core::shortened(name.text, kShown)),
        suggest_token(name.text, "CAP_", known));
}

}  // namespace callgate::profiles
