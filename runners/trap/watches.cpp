#include "runners/trap/watches.h"

#include <linux/sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <string>

namespace callgate::runners {

namespace {

using Only = bpf::WatchedCall::Only;

struct Row {
    Watch kind;
    const char* name;
    Only only = Only::always;
    std::uint32_t value = 0;
};

constexpr Row kRows[] = {
    {Watch::untraced_clone, "clone", Only::with_bits, CLONE_UNTRACED},
    {Watch::clone3, "clone3"},
    {Watch::load_filter, "seccomp"},
    {Watch::load_filter, "prctl", Only::with_value, PR_SET_SECCOMP},
    {Watch::ptrace, "ptrace"},
    {Watch::io_uring, "io_uring_setup"},
};

bool fits(const bpf::WatchedCall& watched, const model::Call& call) {
    if (watched.audit_arch != call.audit_arch || watched.nr != call.nr) return false;
    const auto first = static_cast<std::uint32_t>(call.args[0]);
    switch (watched.only) {
        case Only::with_bits:
            return (first & watched.value) != 0;
        case Only::with_value:
            return first == watched.value;
        case Only::always:
            break;
    }
    return true;
}

}  // namespace

Watches::Watches(std::span<const Watch> wanted) {
    for (const auto& row : kRows) {
        if (std::find(wanted.begin(), wanted.end(), row.kind) == wanted.end()) continue;
        for (const auto& number : numbers_of(row.name)) {
            calls_.push_back({number.first, number.second, row.only, row.value});
            kinds_.emplace(number, row.kind);
        }
    }
}

std::optional<Watch> Watches::kind_of(const model::Call& call) const {
    const auto found = kinds_.find({call.audit_arch, call.nr});
    if (found == kinds_.end()) return std::nullopt;
    const bool fitting =
        std::any_of(calls_.begin(), calls_.end(), [&](const bpf::WatchedCall& w) { return fits(w, call); });
    return fitting ? std::optional{found->second} : std::nullopt;
}

}  // namespace callgate::runners
