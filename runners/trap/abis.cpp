#include "runners/trap/abis.h"

#include "harness/model/arch.h"

#include <algorithm>
#include <array>

namespace callgate::runners {

namespace {

std::vector<model::Arch> runnable() {
    std::vector<model::Arch> archs{model::native_arch()};
#if defined(__x86_64__)
    constexpr std::array kCompanions{"SCMP_ARCH_X86", "SCMP_ARCH_X32"};
#else
    constexpr std::array kCompanions{"SCMP_ARCH_ARM"};
#endif
    for (const auto* name : kCompanions) {
        if (const auto arch = model::arch_from_oci(name)) archs.push_back(*arch);
    }
    return archs;
}

}  // namespace

std::vector<CallNumber> numbers_of(const std::string& name) {
    std::vector<CallNumber> numbers;
    for (const auto arch : runnable()) {
        if (const auto nr = model::syscall_number(arch, name)) numbers.emplace_back(model::audit_arch(arch), *nr);
    }
    return numbers;
}

bool is_one_of(const model::Call& call, const std::vector<CallNumber>& numbers) {
    return std::find(numbers.begin(), numbers.end(), CallNumber{call.audit_arch, call.nr}) != numbers.end();
}

}  // namespace callgate::runners
