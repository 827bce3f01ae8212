// Names and architectures that are not there.
#include "harness/core/printable.h"
#include "harness/model/syscall_equivalents.h"
#include "harness/model/syscall_table.h"
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/names.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <linux/audit.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

constexpr std::size_t kShown = 60;

template <typename Look>
void for_each_name(const Profile& profile, const Look& look) {
    for (const auto& rule : profile.rules) {
        for (const auto& name : rule.names) look(rule, name);
    }
}

bool permits(const Profile::Rule& rule) {
    return !model::refuses(action_of(rule));
}

/// What is not there of a call's stand-ins: those that no argument gets past the filter.
std::vector<std::string> refused_stand_ins(const LintSubject& subject, model::Arch arch,
                                           const model::Equivalent& equivalent) {
    std::vector<std::string> refused;
    for (const auto name : equivalent.names) {
        if (!model::table_number(arch, name)) continue;
        if (subject.regions(arch, name).empty() || subject.permitted(arch, name)) continue;
        refused.emplace_back(name);
    }
    return refused;
}

struct Second {
    std::uint32_t first;
    std::string_view oci_name;
    std::string_view programs;
};

/// What a kernel of the first architecture runs besides.
constexpr Second kSeconds[] = {
    {AUDIT_ARCH_X86_64, "SCMP_ARCH_X86", "32-bit programs"},
    {AUDIT_ARCH_X86_64, "SCMP_ARCH_X32", "x32 programs, and any 64-bit program that sets bit 30 of the number"},
    {AUDIT_ARCH_AARCH64, "SCMP_ARCH_ARM", "32-bit programs"},
    {AUDIT_ARCH_S390X, "SCMP_ARCH_S390", "31-bit programs"},
    {AUDIT_ARCH_PPC64, "SCMP_ARCH_PPC", "32-bit programs"},
    {AUDIT_ARCH_MIPS64, "SCMP_ARCH_MIPS", "32-bit programs"},
    {AUDIT_ARCH_MIPSEL64, "SCMP_ARCH_MIPSEL", "32-bit programs"},
};

}  // namespace

namespace looks {

void unknown_name(const LintSubject& subject, Findings& findings) {
    for_each_name(subject.profile(), [&](const Profile::Rule& rule, const Profile::Name& name) {
        if (model::known_syscall(name.text)) return;
        const auto near = model::closest_syscall(name.text);
        auto& finding = findings.add(
            name.span,
            fmt::format("no kernel has a system call of this name: every runtime skips it silently, and {} is not "
                        "what happens",
                        model::describe(action_of(rule))));
        finding.calls.push_back({core::shortened(name.text, kShown), ""});
        finding.fix = near ? fmt::format("did you mean '{}'?", *near) : "take it out";
    });
}

void name_too_new(const LintSubject& subject, Findings& findings) {
    std::map<const Profile::Rule*, Finding*> known;
    findings.all().reserve(subject.profile().rules.size());
    for_each_name(subject.profile(), [&](const Profile::Rule& rule, const Profile::Name& name) {
        const auto* call = model::find_syscall(name.text);
        if (call == nullptr || model::libseccomp_knows(name.text)) return;
        auto& finding = known[&rule];
        if (finding == nullptr) {
            finding = &findings.add(name.span,
                                    fmt::format("unknown to libseccomp {}: where it is in use the names are skipped "
                                                "silently, and the default action decides",
                                                libseccomp_version()));
            finding->fix = "a newer libseccomp on the nodes; until then do not count on the rule";
            // A rule that refuses what the default permits is missing where it matters.
            if (!permits(rule) && !model::refuses(default_action(subject.profile())))
                finding->severity = core::Severity::warning;
        }
        finding->calls.push_back({name.text, since(*call)});
    });
}

void missing_equivalent(const LintSubject& subject, Findings& findings) {
    std::map<std::pair<const Profile::Rule*, model::Arch>, Finding*> known;
    findings.all().reserve(subject.profile().rules.size() * subject.archs().size());
    std::set<std::pair<model::Arch, std::string>> told;
    for_each_name(subject.profile(), [&](const Profile::Rule& rule, const Profile::Name& name) {
        if (!permits(rule) || model::find_syscall(name.text) == nullptr) return;
        for (const auto arch : subject.archs()) {
            if (model::table_number(arch, name.text)) continue;
            const auto equivalent = model::equivalent(arch, name.text);
            if (!equivalent) continue;
            const auto refused = refused_stand_ins(subject, arch, *equivalent);
            if (refused.empty() || !told.insert({arch, name.text}).second) continue;
            auto& finding = known[{&rule, arch}];
            if (finding == nullptr) {
                finding = &findings.add(
                    name.span,
                    fmt::format("{} does not have these calls, and the profile refuses what stands for them there",
                                model::arch_name(arch)));
                finding->fix = "permit what stands for them as well";
            }
            finding->calls.push_back(
                {name.text, fmt::format("{} refused; {}", fmt::join(refused, ", "), equivalent->why)});
        }
    });
}

void unlisted_architecture(const LintSubject& subject, Findings& findings) {
    if (subject.filter() == nullptr) return;
    const auto& archs = subject.archs();
    for (const auto& second : kSeconds) {
        const auto arch = *model::arch_from_oci(second.oci_name);
        const auto has = [&](model::Arch wanted) {
            return std::find(archs.begin(), archs.end(), wanted) != archs.end();
        };
        if (!has(model::Arch{second.first}) || has(arch)) continue;
        const auto nr = model::table_number(arch, "getpid");
        if (!nr) continue;
        const auto call = plain_call(arch, *nr);
        const auto answer = subject.filter()->answer(call);
        const auto& span = subject.profile().default_action_span;
        auto& finding =
            findings.add(span, fmt::format("{} is not listed: {} get {} for every call, whatever the default action is",
                                           second.oci_name, second.programs, model::describe(answer)));
        if (!model::refuses(answer)) finding.severity = core::Severity::warning;
        finding.witness = fmt::format("{}: {}", on_arch("getpid()", arch), model::describe(answer));
        finding.fix = fmt::format(
            "add \"{}\" to the architectures where such programs are to run; without them nothing is "
            "to be done",
            second.oci_name);
    }
}

}  // namespace looks

}  // namespace callgate::profiles
