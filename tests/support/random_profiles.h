#pragma once

#include "harness/core/diagnostics.h"
#include "harness/model/profile.h"
#include "profiles/load.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace callgate::test {

/// Where random profiles get their parts from; the same for the same seed.
class ProfileSource {
public:
    explicit ProfileSource(unsigned seed) : engine_{seed} {}

    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(engine_); }

    /// Where comparisons go wrong: around zero, the borders of 32 bits and the sign bits, and near each other.
    std::uint64_t value() {
        static constexpr std::array<std::uint64_t, 8> kBorders{0,
                                                               1,
                                                               8,
                                                               0x7FFFFFFF,
                                                               0x80000000,
                                                               0x100000000,
                                                               0x7FFFFFFFFFFFFFFF,
                                                               std::numeric_limits<std::uint64_t>::max()};
        return kBorders.at(below(kBorders.size())) + below(4) - 1;
    }

    const std::string& one_of(const std::vector<std::string>& words) { return words[below(words.size())]; }

    std::mt19937& engine() { return engine_; }

private:
    std::mt19937 engine_;
};

/// A rule for one of the names with one or two argument filters that refuses with this errno; for 0 it permits.
inline std::string random_rule(ProfileSource& source, const std::vector<std::string>& names, int error) {
    static const std::vector<std::string> kOperators{"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
    std::string args;
    const auto first = source.below(4);
    const auto count = 1 + source.below(2);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& op = source.one_of(kOperators);
        const auto value = source.value();
        args += fmt::format(R"({}{{"index": {}, "value": {}, "valueTwo": {}, "op": "SCMP_CMP_{}"}})", i > 0 ? ", " : "",
                            first + i, value, op == "MASKED_EQ" ? source.value() & value : 0, op);
    }
    const auto action = error == 0 ? R"("SCMP_ACT_ALLOW")" : fmt::format(R"("SCMP_ACT_ERRNO", "errnoRet": {})", error);
    return fmt::format(R"({{"names": ["{}"], "action": {}, "args": [{}]}})", source.one_of(names), action, args);
}

/// With rules for arguments and rules without, on one to three architectures.
inline std::string random_text(ProfileSource& source) {
    static const std::vector<std::string> kNames{"socket", "clone", "personality", "ioctl",
                                                 "fcntl",  "prctl", "bpf",         "madvise"};
    std::string archs = R"("SCMP_ARCH_X86_64")";
    if (source.below(2) == 0) archs += R"(, "SCMP_ARCH_X86")";
    if (source.below(3) == 0) archs += R"(, "SCMP_ARCH_AARCH64")";
    std::string rules = R"({"names": ["read", "write", "openat"], "action": "SCMP_ACT_ALLOW"})";
    if (source.below(3) == 0) rules += R"(, {"names": ["clone", "fcntl"], "action": "SCMP_ACT_LOG"})";
    const auto count = 1 + source.below(12);
    for (std::size_t i = 0; i < count; ++i) {
        rules += ",\n" + random_rule(source, kNames, 2 + static_cast<int>(source.below(3)));
    }
    return fmt::format(R"({{"defaultAction": "{}", "architectures": [{}], "syscalls": [{}]}})",
                       source.below(2) == 0 ? "SCMP_ACT_KILL_PROCESS" : "SCMP_ACT_ALLOW", archs, rules);
}

/// The profile that a text says; none when it says none.
inline std::optional<model::Profile> profile_in(const std::string& text) {
    const auto document = std::make_shared<const core::SourceText>(core::SourceText{"random.json", text});
    core::Diagnostics diagnostics;
    return profiles::load(document, diagnostics);
}

}  // namespace callgate::test
