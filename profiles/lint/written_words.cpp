// What is wrong with the words of a JSON profile before it is one: these rules look at the text, since a profile with
// such a mistake is not read.
#include "harness/core/number.h"
#include "harness/core/printable.h"
#include "harness/document/node.h"
#include "harness/model/action.h"
#include "harness/model/arch.h"
#include "profiles/lint.h"
#include "profiles/lint/rules.h"
#include "profiles/semantics.h"
#include "profiles/vocabulary.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

namespace {

using document::Node;

constexpr std::size_t kShown = 60;
constexpr std::uint64_t kLargestErrno = 4095;  // the kernel's MAX_ERRNO

/// Of the runtime-spec, and not among those that libseccomp 2.5 compiles for: the reader says so.
constexpr std::array<std::string_view, 6> kOthers{"SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",    "SCMP_ARCH_SH",
                                                  "SCMP_ARCH_SHEB",        "SCMP_ARCH_RISCV32", "SCMP_ARCH_NATIVE"};

/// Names that other tools have for an architecture, in lower case and without a prefix. Only what leaves no doubt: a
/// correction that is made without asking must not be a guess.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"aarch64", "SCMP_ARCH_AARCH64"}, {"amd64", "SCMP_ARCH_X86_64"},    {"arm", "SCMP_ARCH_ARM"},
    {"arm64", "SCMP_ARCH_AARCH64"},   {"i386", "SCMP_ARCH_X86"},        {"i686", "SCMP_ARCH_X86"},
    {"ppc64le", "SCMP_ARCH_PPC64LE"}, {"riscv64", "SCMP_ARCH_RISCV64"}, {"s390x", "SCMP_ARCH_S390X"},
    {"x32", "SCMP_ARCH_X32"},         {"x86", "SCMP_ARCH_X86"},         {"x86-64", "SCMP_ARCH_X86_64"},
    {"x86_64", "SCMP_ARCH_X86_64"},   {"x64", "SCMP_ARCH_X86_64"},
};

std::optional<std::string_view> meant(std::string_view word) {
    std::string lower;
    for (const char c : word) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const std::string_view prefix : {"scmp_arch_", "arch_", "audit_arch_"}) {
        if (lower.rfind(prefix, 0) == 0) lower.erase(0, prefix.size());
    }
    for (const auto& [alias, name] : kAliases) {
        if (lower == alias) return name;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_of(const Node& node) {
    if (node.kind != Node::Kind::scalar || node.quoted) return std::nullopt;
    return core::number_in<std::uint64_t>(node.scalar);
}

std::vector<std::string> names_in(const Node& rule) {
    std::vector<std::string> names;
    if (const auto* list = rule.find("names"); list != nullptr && list->kind == Node::Kind::sequence) {
        for (const auto& item : list->items) names.push_back(core::shortened(item.scalar, kShown));
    } else if (const auto* name = rule.find("name"); name != nullptr) {
        names.push_back(core::shortened(name->scalar, kShown));
    }
    return names;
}

bool takes_errno(std::string_view action) {
    return action == "SCMP_ACT_ERRNO" || action == "SCMP_ACT_TRACE";
}

/// `holder` is the profile or a rule; `key` names its errno, `action_key` its action.
void look_at_errno(const Node& holder, std::string_view key, std::string_view action_key, Findings& findings) {
    const auto* node = holder.find(key);
    const auto* action = holder.find(action_key);
    if (node == nullptr || action == nullptr || node->kind == Node::Kind::null) return;
    const auto value = number_of(*node);
    std::string message;
    std::string fix;
    auto severity = core::Severity::warning;
    if (!takes_errno(action->scalar)) {
        severity = core::Severity::error;
        message = fmt::format("'{}' stands with {}, which takes none: crun refuses to start, runc passes over it", key,
                              core::shortened(action->scalar, kShown));
        fix = "take it out, or make the action SCMP_ACT_ERRNO";
    } else if (action->scalar != "SCMP_ACT_ERRNO" || !value) {
        return;
    } else if (*value == 0) {
        message = fmt::format("'{}' is 0: the call does not happen and the program is told that it worked", key);
        fix = "say which error it is: 1 (EPERM), or 38 (ENOSYS) where programs fall back";
    } else if (*value >= kLargestErrno) {
        severity = core::Severity::error;
        message = fmt::format("'{}' is {}: libseccomp takes errnos below {}", key, *value, kLargestErrno);
        fix = "say which error it is: 1 (EPERM), or 38 (ENOSYS) where programs fall back";
    } else {
        return;
    }
    auto& finding = findings.add(node->span, message);
    finding.severity = severity;
    finding.fix = fix;
    for (auto& name : names_in(holder)) finding.calls.push_back({std::move(name), ""});
}

const Node* list_in(const Node& node, std::string_view key) {
    if (node.kind != Node::Kind::mapping) return nullptr;
    const auto* list = node.find(key);
    return list != nullptr && list->kind == Node::Kind::sequence ? list : nullptr;
}

void look_at_architecture(const Node& node, Findings& findings) {
    if (node.kind != Node::Kind::scalar || !node.quoted || model::arch_from_oci(node.scalar)) return;
    for (const auto other : kOthers) {
        if (node.scalar == other) return;
    }
    auto& finding =
        findings.add(node.span, fmt::format("there is no architecture '{}': runtimes refuse to start with it",
                                            core::shortened(node.scalar, kShown)));
    if (const auto name = meant(node.scalar)) {
        finding.fix = fmt::format("write \"{}\"", *name);
        finding.edits.push_back({node.span.begin, node.span.end, fmt::format("\"{}\"", *name)});
        return;
    }
    std::vector<std::string> names;
    for (const auto& info : model::known_archs()) names.emplace_back(info.oci_name);
    finding.fix = suggest_token(node.scalar, "SCMP_ARCH_", names);
}

}  // namespace

namespace looks {

void unknown_architecture(const LintSubject& subject, Findings& findings) {
    if (subject.root() == nullptr) return;
    if (const auto* list = list_in(*subject.root(), "architectures")) {
        for (const auto& item : list->items) look_at_architecture(item, findings);
    }
    const auto* map = list_in(*subject.root(), "archMap");
    if (map == nullptr) return;
    for (const auto& entry : map->items) {
        if (entry.kind != Node::Kind::mapping) continue;
        if (const auto* name = entry.find("architecture")) look_at_architecture(*name, findings);
        if (const auto* list = list_in(entry, "subArchitectures")) {
            for (const auto& item : list->items) look_at_architecture(item, findings);
        }
    }
}

void errno_value(const LintSubject& subject, Findings& findings) {
    if (subject.root() == nullptr || subject.root()->kind != Node::Kind::mapping) return;
    look_at_errno(*subject.root(), "defaultErrnoRet", "defaultAction", findings);
    const auto* rules = list_in(*subject.root(), "syscalls");
    if (rules == nullptr) return;
    for (const auto& rule : rules->items) {
        if (rule.kind == Node::Kind::mapping) look_at_errno(rule, "errnoRet", "action", findings);
    }
}

}  // namespace looks

}  // namespace callgate::profiles
