#include "profiles/vocabulary.h"

#include "harness/core/closest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace callgate::profiles {

namespace {

/// What Go, Debian and the kernel call the things that the runtime-spec has its own words for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kAliases{{
    {"AMD64", "X86_64"},    {"X86-64", "X86_64"},     {"X64", "X86_64"},    {"I386", "X86"},         {"I686", "X86"},
    {"386", "X86"},         {"ARM64", "AARCH64"},     {"ARMV8", "AARCH64"}, {"ARMV7", "ARM"},        {"ARMHF", "ARM"},
    {"PPC64EL", "PPC64LE"}, {"POWERPC", "PPC"},       {"RISCV", "RISCV64"}, {"DENY", "ERRNO"},       {"BLOCK", "ERRNO"},
    {"PERMIT", "ALLOW"},    {"USER_NOTIF", "NOTIFY"}, {"EQUAL", "EQ"},      {"MASKED", "MASKED_EQ"}, {"NEQ", "NE"},
}};

std::string upper(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
    return out;
}

/// The word's own part: behind the prefix, or behind another family's prefix of the same kind ("SCMP_", "AUDIT_ARCH_").
std::string stem(std::string_view word, std::string_view prefix) {
    auto text = upper(word);
    static constexpr std::array<std::string_view, 8> kOthers{
        "SCMP_ACT_", "SCMP_ARCH_",  "SCMP_CMP_",    "SECCOMP_FILTER_FLAG_",
        "SCMP_",     "AUDIT_ARCH_", "SECCOMP_RET_", "SECCOMP_"};
    if (text.rfind(prefix, 0) == 0) return text.substr(prefix.size());
    for (const auto other : kOthers) {
        if (text.rfind(other, 0) == 0) return text.substr(other.size());
    }
    return text;
}

}  // namespace

std::string suggest_token(std::string_view word, std::string_view prefix, const std::vector<std::string>& candidates) {
    auto own = stem(word, prefix);
    const auto* alias = std::find_if(kAliases.begin(), kAliases.end(), [&](const auto& a) { return a.first == own; });
    if (alias != kAliases.end()) own = alias->second;
    const auto whole = fmt::format("{}{}", prefix, own);
    if (std::find(candidates.begin(), candidates.end(), whole) != candidates.end()) {
        return fmt::format("did you mean '{}'?", whole);
    }
    // Only the stems are compared: a long prefix in common would make every word near to every other.
    std::vector<std::string> stems;
    stems.reserve(candidates.size());
    for (const auto& candidate : candidates) stems.push_back(candidate.substr(prefix.size()));
    if (const auto near = core::closest(own, stems)) return fmt::format("did you mean '{}{}'?", prefix, *near);
    return core::suggestion("", candidates);
}

}  // namespace callgate::profiles
