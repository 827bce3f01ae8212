#include "runners/trap/own_filter.h"

#include "harness/bpf/possible.h"
#include "harness/model/action.h"
#include "runners/trap/abis.h"

#include <fmt/format.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <span>

namespace callgate::runners {

namespace {

bool has_64_bit_pointers(std::uint32_t audit_arch) {
    return (audit_arch & __AUDIT_ARCH_64BIT) != 0;
}

/// struct sock_fprog: a 16-bit length, padding, a pointer (linux/filter.h).
bpf::Program program_at(std::uint64_t address, bool wide, const decode::TaskView& task) {
    const auto head = task.read(address, wide ? 16 : 8);
    if (head.size() < (wide ? 16U : 8U)) return {};
    std::uint16_t length = 0;
    std::memcpy(&length, head.data(), sizeof length);
    std::uint64_t pointer = 0;
    std::memcpy(&pointer, head.data() + (wide ? 8 : 4), wide ? 8 : 4);
    if (length > bpf::kMaxInstructions) return {};
    const auto code = task.read(pointer, length * sizeof(bpf::Instruction));
    if (code.size() < length * sizeof(bpf::Instruction)) return {};
    bpf::Program program(length);
    std::memcpy(program.data(), code.data(), code.size());
    return bpf::check(program) ? program : bpf::Program{};
}

std::set<model::ActionKind> kinds(const bpf::Program& program, const CallNumber& number) {
    std::set<model::ActionKind> kinds;
    for (const auto value : bpf::possible_returns(program, number.first, number.second)) {
        kinds.insert(model::Action::from_return(value).kind);
    }
    return kinds;
}

/// Is the stronger answer; model::ActionKind stands in the kernel's order.
bool outranks(model::ActionKind a, model::ActionKind b) {
    return a < b;
}

bool hides(const bpf::Program& own, const bpf::Program& candidate, const CallNumber& number, model::Mode mode,
           model::ActionKind handed_over) {
    const auto theirs = kinds(own, number);
    for (const auto ours : kinds(candidate, number)) {
        if (model::decide(mode, {ours, 0}).kind == model::Decision::Kind::native) continue;
        const bool hidden = std::any_of(theirs.begin(), theirs.end(), [&](model::ActionKind their) {
            return outranks(their, handed_over) && outranks(ours, their);
        });
        if (hidden) return true;
    }
    return false;
}

}  // namespace

std::optional<OwnFilter> own_filter(const model::Call& call, const decode::TaskView& task) {
    OwnFilter filter;
    const bool wide = has_64_bit_pointers(call.audit_arch);
    if (is_one_of(call, numbers_of("seccomp"))) {
        if (static_cast<std::uint32_t>(call.args[0]) != SECCOMP_SET_MODE_FILTER) return std::nullopt;
        filter.listener = (call.args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
        filter.program = program_at(call.args[2], wide, task);
        return filter;
    }
    if (call.args[1] != SECCOMP_MODE_FILTER) return std::nullopt;
    filter.program = program_at(call.args[2], wide, task);
    return filter;
}

std::vector<std::string> hidden_by(const bpf::Program& own, const bpf::Program& candidate, model::Mode mode,
                                   bpf::HandOver how) {
    const auto handed_over = model::Action::from_return(bpf::return_value(how)).kind;
    std::set<std::string> names;
    std::set<std::uint32_t> archs;
    for (const auto& number : numbers_of("execve")) archs.insert(number.first);
    for (const auto arch : archs) {
        for (std::int32_t nr = 0; nr <= kHighestCallNumber; ++nr) {
            const CallNumber number{arch, nr};
            if (hides(own, candidate, number, mode, handed_over)) names.insert(model::syscall_name(arch, nr));
        }
    }
    return {names.begin(), names.end()};
}

void report_own_filter(const OwnFilter& own, const CallPolicy& policy, bpf::HandOver how, TrapRecord& record) {
    record.add_note(
        "the workload loaded a seccomp filter of its own; what that refuses is not held against the profile");
    if (own.program.empty()) {
        return record.add_gap("the workload loaded a seccomp filter that could not be read; it may hide refusals");
    }
    const auto hidden = hidden_by(own.program, policy.candidate(), policy.mode(), how);
    if (hidden.empty()) return;
    constexpr std::size_t kNamed = 8;
    const auto named = std::span{hidden}.first(std::min(hidden.size(), kNamed));
    record.add_gap(fmt::format(
        "a seccomp filter of the workload's own answers first where the profile is stricter: {}{}",
        fmt::join(named, ", "), hidden.size() > kNamed ? fmt::format(" and {} more", hidden.size() - kNamed) : ""));
}

}  // namespace callgate::runners
