// Dangerous calls that the profile permits, by what they reach (profiles/risks.h).
#include "harness/decode/witness_text.h"
#include "harness/model/syscall_table.h"
#include "profiles/lint.h"
#include "profiles/lint/known_holes.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/risks.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace callgate::profiles {

namespace {

struct Permitted {
    model::Call call;
    model::Arch arch;
    std::string witness;
};

/// The first architecture on which a call of the risk gets through.
std::optional<Permitted> permitted_call(const LintSubject& subject, const Risk& risk) {
    for (const auto arch : subject.archs()) {
        const auto call = subject.permitted(arch, risk.syscall, condition_of(risk, arch));
        if (!call) continue;
        decode::Touched touched;
        if (risk.mask != 0) touched.set(argument_of(risk, arch));
        return Permitted{*call, arch, decode::witness_text(*call, touched)};
    }
    return std::nullopt;
}

constexpr std::uint64_t kNewUser = 0x1000'0000;

bool permits_user_namespaces(const LintSubject& subject) {
    for (const auto* risk : risks_of("clone")) {
        if (risk->value == kNewUser && permitted_call(subject, *risk)) return true;
    }
    return false;
}

/// True for what other rules of lint tell, or what adds nothing to what is permitted anyway.
bool told_elsewhere(const LintSubject& subject, const Risk& risk) {
    if (risk.syscall.rfind("io_uring_", 0) == 0) return true;
    // Without a filter on clone's flags there is nothing that clone3 would hide.
    return risk.syscall == "clone3" && permits_user_namespaces(subject);
}

void look(const LintSubject& subject, Findings& findings, RiskClass reaches, std::string_view message) {
    std::map<std::size_t, std::size_t> known;  // one finding for each rule that permits
    for (const auto& risk : risks()) {
        if (risk.reaches != reaches || told_elsewhere(subject, risk)) continue;
        const auto found = permitted_call(subject, risk);
        if (!found) continue;
        const auto [place, is_new] = known.try_emplace(subject.decider_of(found->call), findings.all().size());
        if (is_new) {
            auto& finding = findings.add(subject.place_of(found->call), std::string{message});
            finding.witness =
                fmt::format("{}: {}", on_arch(found->witness, found->arch), answer_to(subject, found->call));
            finding.fix =
                "refuse what the workload was not seen to need; allow the finding with a reason where it does";
        }
        auto& calls = findings.all()[place->second].calls;
        const auto holes = known_holes(risk.syscall, risk.value);
        auto detail = fmt::format("{}{}", risk.mask != 0 ? found->witness + " " : std::string{}, risk.lets);
        if (!holes.empty()) detail += fmt::format("; went through it: {}", holes);
        if (!calls.empty() && calls.back().name == risk.syscall) {
            calls.back().detail += "; " + detail;
        } else {
            calls.push_back({std::string{risk.syscall}, std::move(detail)});
        }
    }
}

}  // namespace

namespace looks {

void reaches_kernel(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::kernel, "permitted: what the program brings runs in the kernel");
}

void reaches_host(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::host, "permitted: the machine is changed for everybody on it");
}

void bypasses_filters(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::bypass, "permitted: what they do is not what filters see");
}

void reaches_mounts(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::mounts, "permitted: the tree of files is not what it was set up to be");
}

void reaches_namespaces(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::namespaces, "permitted: privileges in new namespaces, or the way into others");
}

void reaches_processes(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::processes, "permitted: memory and files of other processes are in reach");
}

void reaches_devices(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::devices, "permitted: hardware is in reach");
}

void reaches_terminal(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::terminal, "permitted: types into the terminal of whoever started the program");
}

void kernel_surface(const LintSubject& subject, Findings& findings) {
    look(subject, findings, RiskClass::surface, "permitted: code of the kernel that few programs need");
}

}  // namespace looks

}  // namespace callgate::profiles
