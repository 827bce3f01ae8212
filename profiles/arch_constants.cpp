#include "profiles/arch_constants.h"

#include <linux/audit.h>

#include <algorithm>
#include <array>

// arch/*/include/uapi/asm: fcntl.h, mman.h, ioctl.h, ioctls.h, socket.h, signal.h, ptrace.h.

namespace callgate::profiles {

namespace {

using Kind = model::ParameterKind;
using Argument = model::Profile::Argument;

/// Who numbers constants alike.
enum class Numbering { generic, arm, powerpc, mips, parisc };

Numbering numbering_of(model::Arch arch) {
    const auto name = model::arch_name(arch);
    if (name == "arm" || name == "aarch64") return Numbering::arm;
    if (name.starts_with("ppc")) return Numbering::powerpc;
    if (name.starts_with("mips")) return Numbering::mips;
    if (name.starts_with("parisc")) return Numbering::parisc;
    return Numbering::generic;
}

/// O_DIRECT, O_LARGEFILE, O_DIRECTORY, O_NOFOLLOW.
using OpenFlags = std::array<std::uint64_t, 4>;

OpenFlags open_flags_of(Numbering numbering) {
    switch (numbering) {
        case Numbering::arm:
            return {0200000, 0400000, 040000, 0100000};
        case Numbering::powerpc:
            return {0400000, 0200000, 040000, 0100000};
        default:
            return {040000, 0100000, 0200000, 0400000};
    }
}

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What MIPS and PA-RISC number like everybody else, of flags, commands and integers.
bool is_same_everywhere(std::string_view syscall, std::string_view parameter) {
    if (is_any(syscall, {"socket", "socketpair"})) return parameter == "family";
    return is_any(syscall, {"unshare",    "setns",   "personality", "prctl",  "keyctl",    "bpf",       "mount",
                            "umount2",    "seccomp", "reboot",      "futex",  "unlinkat",  "linkat",    "fchownat",
                            "newfstatat", "statx",   "renameat2",   "access", "faccessat", "faccessat2"});
}

/// True unless the test is for one value that every architecture has: 11 to 31 are registers, mostly.
bool is_own_request(const Argument& test) {
    using Operator = model::Profile::Operator;
    if (test.op != Operator::eq && test.op != Operator::ne) return true;
    constexpr std::array<std::uint64_t, 3> kCommon{16, 17, 24};  // PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SYSCALL
    constexpr std::uint64_t kFirstCommon = 0x4200;
    return test.value > 10 && test.value < kFirstCommon &&
           std::find(kCommon.begin(), kCommon.end(), test.value) == kCommon.end();
}

/// True where the bits that are looked at, or are wanted, have another place.
bool moves(model::Arch from, model::Arch to, const Argument& test) {
    return open_flags_on(from, to, test.value) != test.value ||
           open_flags_on(from, to, test.value_two) != test.value_two;
}

bool is_ordered(const Argument& test) {
    using Operator = model::Profile::Operator;
    return test.op != Operator::eq && test.op != Operator::ne && test.op != Operator::masked_eq;
}

/// What depends on the width of a long: the size in an ioctl's number, locks and the older structures of ipc.
std::string differing_widths(std::string_view syscall, std::string_view parameter, const Argument& test) {
    constexpr std::uint64_t kFirstWithSize = 0x1'0000;
    if (parameter != "cmd") return {};
    if (syscall == "ioctl" && (test.value >= kFirstWithSize || is_ordered(test)))
        return "the number holds the size of a structure, which is another one there";
    if (is_any(syscall, {"fcntl", "fcntl64"}) && (is_ordered(test) || (test.value >= 5 && test.value <= 14)))
        return "the commands for locks are others there";
    if (is_any(syscall, {"semctl", "shmctl", "msgctl"})) return "the commands have another version there";
    return {};
}

std::string differing_numbering(Numbering from, Numbering to, std::string_view syscall, const model::Parameter& what) {
    const auto is = [&](Numbering one) { return from == one || to == one; };
    const auto of_call = std::string{syscall} + "'s constants are numbered otherwise there";
    if (is(Numbering::mips) || is(Numbering::parisc)) {
        const bool same = is_same_everywhere(syscall, what.name) || (syscall == "clone" && what.name == "clone_flags");
        return same ? "" : of_call;
    }
    if (!is(Numbering::powerpc)) return {};
    const bool other = (syscall == "ioctl" && what.name == "cmd") || (is_any(syscall, {"mmap", "mmap2", "mlockall"})) ||
                       (is_any(syscall, {"getsockopt", "setsockopt"}) && what.name == "optname");
    return other ? of_call : "";
}

}  // namespace

bool has_open_flags(std::string_view syscall, const model::Parameter& parameter) {
    return parameter.name == "flags" && is_any(syscall, {"open", "openat", "open_by_handle_at", "pipe2"});
}

std::uint64_t open_flags_on(model::Arch from, model::Arch to, std::uint64_t bits) {
    const auto before = open_flags_of(numbering_of(from));
    const auto after = open_flags_of(numbering_of(to));
    auto moved = bits;
    for (const auto flag : before) moved &= ~flag;
    for (std::size_t i = 0; i < before.size(); ++i) moved |= (bits & before[i]) != 0 ? after[i] : 0;
    return moved;
}

std::string differing_constants(model::Arch from, model::Arch to, std::string_view syscall,
                                const model::Parameter& parameter, const Argument& test) {
    const bool says_what = parameter.kind == Kind::flags || parameter.kind == Kind::command ||
                           parameter.kind == Kind::integer || parameter.kind == Kind::signal;
    if (!says_what) return {};
    const auto before = numbering_of(from);
    const auto after = numbering_of(to);
    if (register_bits(from) != register_bits(to)) {
        if (auto why = differing_widths(syscall, parameter.name, test); !why.empty()) return why;
    }
    if (syscall == "ptrace" && parameter.name == "request" && is_own_request(test))
        return "requests about registers are each architecture's own";
    if (before != after) {
        if (auto why = differing_numbering(before, after, syscall, parameter); !why.empty()) return why;
    }
    if (has_open_flags(syscall, parameter) && is_ordered(test) && before != after)
        return "the flags of open are in another order there";
    if (is_any(syscall, {"fcntl", "fcntl64"}) && parameter.name == "arg" && moves(from, to, test))
        return "the flags of open are numbered otherwise there";
    return {};
}

unsigned register_bits(model::Arch arch) {
    return (model::audit_arch(arch) & __AUDIT_ARCH_64BIT) != 0 ? 64 : 32;
}

}  // namespace callgate::profiles
