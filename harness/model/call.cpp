#include "harness/model/call.h"

#include "harness/core/closest.h"
#include "harness/model/syscall_table.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace callgate::model {

namespace {

std::vector<std::string> native_names() {
    std::vector<std::string> names;
    for (const auto& call : all_syscalls()) {
        if (table_number(native_arch(), call.name)) names.emplace_back(call.name);
    }
    return names;
}

}  // namespace

std::string syscall_name(std::uint32_t audit_arch, std::int32_t nr) {
    struct Free {
        void operator()(char* text) const {
            std::free(text);
        }  // NOLINT(cppcoreguidelines-no-malloc): libseccomp's contract
    };
    const auto arch = arch_of_call(audit_arch, nr);
    const std::unique_ptr<char, Free> name{seccomp_syscall_resolve_num_arch(arch.token, nr)};
    if (name) return name.get();
    const auto* call = syscall_at(arch, nr);
    return call != nullptr ? std::string{call->name} : fmt::format("syscall {}", nr);
}

std::optional<std::int32_t> syscall_number(Arch arch, const std::string& name) {
    const auto nr = libseccomp_number(arch, name);
    return nr ? nr : table_number(arch, name);
}

bool known_syscall(const std::string& name) {
    return libseccomp_knows(name) || find_syscall(name) != nullptr;
}

std::optional<std::string> closest_syscall(const std::string& name) {
    static const std::vector<std::string> names = native_names();
    return core::closest(name, names);
}

bool libseccomp_knows(const std::string& name) {
    return seccomp_syscall_resolve_name(name.c_str()) != __NR_SCMP_ERROR;
}

std::optional<std::int32_t> libseccomp_number(Arch arch, const std::string& name) {
    // Negative values are libseccomp's pseudo numbers: a call that this architecture does not have.
    const int nr = seccomp_syscall_resolve_name_arch(arch.token, name.c_str());
    return nr < 0 ? std::nullopt : std::optional{nr};
}

}  // namespace callgate::model
