#include "profiles/enosys_stub.h"

#include "harness/core/result.h"
#include "harness/model/action.h"
#include "harness/model/call.h"
#include "profiles/semantics.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

using bpf::Instruction;
using bpf::Program;

constexpr std::uint32_t kX32Bit = 0x40000000;
constexpr std::uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;

Instruction load(std::size_t offset) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
Instruction jump(std::size_t skip) {
    return {BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(skip)};
}
Instruction give(std::uint32_t value) {
    return {BPF_RET | BPF_K, 0, 0, value};
}
Instruction branch(std::uint16_t kind, std::uint32_t value, std::size_t if_true, std::size_t if_false) {
    // A section has at most 5 instructions, and libseccomp knows some 20 architectures.
    core::ensure(if_true <= UINT8_MAX && if_false <= UINT8_MAX, "runc's stub is longer than a jump reaches");
    return {static_cast<std::uint16_t>(BPF_JMP | BPF_K | kind), static_cast<std::uint8_t>(if_true),
            static_cast<std::uint8_t>(if_false), value};
}

/// The largest number that the profile names, or none where it names no call but that of number 0.
std::optional<std::uint32_t> last_number(const model::Profile& profile, model::Arch arch) {
    std::int32_t largest = 0;
    for (const auto& rule : profile.rules) {
        for (const auto& name : rule.names)
            largest = std::max(largest, model::libseccomp_number(arch, name.text).value_or(0));
    }
    return largest == 0 ? std::nullopt : std::optional{static_cast<std::uint32_t>(largest)};
}

/// The architectures that the kernel calls by one name: x86_64 and x32 share it.
struct Section {
    std::uint32_t audit_arch = 0;
    std::vector<std::pair<model::Arch, std::uint32_t>> largest;
};

std::vector<Section> sections_of(const model::Profile& profile) {
    std::vector<Section> sections;
    for (const auto arch : effective_archs(profile)) {
        const auto audit_arch = model::audit_arch(arch);
        const auto same = [&](const Section& section) { return section.audit_arch == audit_arch; };
        auto found = std::find_if(sections.begin(), sections.end(), same);
        if (found == sections.end()) found = sections.insert(sections.end(), Section{audit_arch, {}});
        if (const auto last = last_number(profile, arch)) found->largest.emplace_back(arch, *last);
    }
    return sections;
}

bool is_x32(model::Arch arch) {
    return arch.token != model::audit_arch(arch);
}

bool is_s390(model::Arch arch) {
    const auto name = model::arch_name(arch);
    return name == "s390" || name == "s390x";
}

/// The instructions for one section; `behind` of the stub's own come after it, the last of which gives ENOSYS.
Program code_of(const Section& section, std::size_t behind) {
    const auto enosys = behind - 1;  // as seen from behind the section's last instruction
    Program code{load(offsetof(struct seccomp_data, nr))};
    if (section.largest.size() == 2) {
        const bool x32_first = is_x32(section.largest.front().first);
        const auto x32 = section.largest[x32_first ? 0 : 1].second;
        const auto x86_64 = section.largest[x32_first ? 1 : 0].second;
        code.push_back(branch(BPF_JSET, kX32Bit, 1, 0));
        code.push_back(branch(BPF_JGT, x86_64, enosys + 2, 1));
        code.push_back(branch(BPF_JGT, x32, enosys + 1, 0));
        code.push_back(jump(behind));
        return code;
    }
    const auto [arch, largest] = section.largest.front();
    if (is_s390(arch)) {
        // setup(2), number 0, is what the kernel makes of a multiplexed call that it does not know.
        code.push_back(branch(BPF_JEQ, 0, 0, 1));
        code.push_back(give(kEnosys));
    }
    if (model::arch_name(arch) == "x86_64") code.push_back(branch(BPF_JSET, kX32Bit, 1, 0));
    if (is_x32(arch)) code.push_back(branch(BPF_JSET, kX32Bit, 0, 1));
    code.push_back(branch(BPF_JGT, largest, enosys + 1, 0));
    code.push_back(jump(behind));
    return code;
}

void prepend(Program& program, const Program& front) {
    program.insert(program.begin(), front.begin(), front.end());
}

}  // namespace

Program enosys_stub(const model::Profile& profile) {
    const auto fallback = default_action(profile).kind;
    if (fallback == model::ActionKind::allow || fallback == model::ActionKind::log ||
        fallback == model::ActionKind::trace)
        return {};
    const auto sections = sections_of(profile);
    Program stub{jump(1), give(kEnosys)};
    std::map<std::uint32_t, std::size_t> from_end;  // where a section begins, counted from the end
    for (const auto& section : sections) {
        if (section.largest.empty()) {
            from_end[section.audit_arch] = 0;  // nothing is named there: straight into the filter
            continue;
        }
        prepend(stub, code_of(section, stub.size()));
        from_end[section.audit_arch] = stub.size();
    }
    prepend(stub, {jump(stub.size())});
    for (const auto& section : sections)
        prepend(stub, {branch(BPF_JEQ, section.audit_arch, stub.size() - from_end[section.audit_arch], 0)});
    prepend(stub, {load(offsetof(struct seccomp_data, arch))});
    return stub;
}

}  // namespace callgate::profiles
