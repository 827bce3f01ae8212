#include "harness/decode/signatures.h"

#include <linux/audit.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace callgate::decode {

namespace {

bool holds(Abi abi, std::uint32_t audit_arch) {
    switch (abi) {
        case Abi::any:
            return true;
        case Abi::x86_64:
            return audit_arch == AUDIT_ARCH_X86_64;
        case Abi::i386:
            return audit_arch == AUDIT_ARCH_I386;
        case Abi::bits32:
            return (audit_arch & __AUDIT_ARCH_64BIT) == 0;
    }
    return false;
}

}  // namespace

const Signature* signature_of(const model::Call& call) {
    const auto full = model::syscall_name(call.audit_arch, call.nr);
    const auto all = signatures();
    for (const std::string_view suffix : {"", "_time64", "64", "32"}) {
        if (!full.ends_with(suffix)) continue;
        const auto name = std::string_view{full}.substr(0, full.size() - suffix.size());
        const auto found = std::find_if(all.begin(), all.end(), [&](const Signature& signature) {
            return signature.name == name && holds(signature.abi, call.audit_arch);
        });
        if (found != all.end()) return &*found;
    }
    return nullptr;
}

}  // namespace callgate::decode
