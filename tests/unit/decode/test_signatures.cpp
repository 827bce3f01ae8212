#include "harness/decode/signatures.h"
#include "harness/model/syscall_table.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using callgate::decode::Abi;
using callgate::decode::Argument;
using callgate::decode::Kind;
using callgate::decode::Signature;
using callgate::model::Arch;

enum class Shown : std::uint8_t { address, value, either };

/// Hexadecimal is shown what may be one or the other, as the last argument of ioctl.
Shown shown(const Argument& argument) {
    static const std::set<Kind> addresses{Kind::string,   Kind::strings,  Kind::sockaddr,   Kind::clone_args,
                                          Kind::open_how, Kind::timespec, Kind::timespec64, Kind::timeval,
                                          Kind::rlimit,   Kind::int_at,   Kind::pointer};
    if (argument.kind == Kind::hex) return Shown::either;
    return addresses.count(argument.kind) != 0 ? Shown::address : Shown::value;
}

/// The arguments by register: where registers have 32 bits an offset takes two.
std::vector<Shown> registers(const Signature& signature, bool narrow) {
    std::vector<Shown> all;
    for (const auto& argument : signature.arguments) {
        if (argument.kind == Kind::none) break;
        const bool two = argument.kind == Kind::offset_halves || (argument.kind == Kind::offset && narrow);
        all.insert(all.end(), two ? 2 : 1, shown(argument));
    }
    return all;
}

/// name -> the signature that the decoder takes, on x86_64 or on i386.
std::map<std::string_view, const Signature*> signatures_on(bool narrow) {
    std::map<std::string_view, const Signature*> taken;
    for (const auto& signature : callgate::decode::signatures()) {
        const bool fits = signature.abi == Abi::any || (signature.abi == Abi::x86_64) == !narrow;
        if (fits) taken.emplace(signature.name, &signature);
    }
    return taken;
}

/// Calls of which the decoder leaves out what programs do not pass: the cache of getcpu, unused since Linux 2.6.24, and
/// the second set of attributes that bpf takes in kernels of 2026.
const std::set<std::string_view> kShownInPart{"getcpu", "bpf"};

}  // namespace

TEST_CASE("signatures and the table of system calls agree on arguments and on which are addresses", "[decode]") {
    const bool narrow = GENERATE(false, true);
    const auto arch = callgate::model::arch_from_oci(narrow ? "SCMP_ARCH_X86" : "SCMP_ARCH_X86_64").value();
    std::size_t compared = 0;
    for (const auto& [name, signature] : signatures_on(narrow)) {
        const auto declared = callgate::model::parameters(arch, name);
        if (!declared) continue;
        INFO(name << " on " << callgate::model::arch_name(arch));
        const auto arguments = registers(*signature, narrow);
        CHECK((arguments.size() < declared->size()) == (kShownInPart.count(name) != 0));
        CHECK(arguments.size() <= declared->size());
        for (std::size_t i = 0; i < std::min(arguments.size(), declared->size()); ++i) {
            if (arguments[i] == Shown::either) continue;
            INFO("argument " << i << ", " << (*declared)[i].name);
            CHECK((arguments[i] == Shown::address) == is_address((*declared)[i].kind));
        }
        ++compared;
    }
    CHECK(compared > 250);
}
