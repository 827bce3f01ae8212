#include "profiles/semantics.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>

namespace callgate::profiles {

namespace {

using model::ActionKind;
using model::Profile;

bool holds(const Profile::Argument& argument, const model::Call& call) {
    const auto actual = argument.index < call.args.size() ? call.args[argument.index] : 0;
    switch (argument.op) {
        case Profile::Operator::ne:
            return actual != argument.value;
        case Profile::Operator::lt:
            return actual < argument.value;
        case Profile::Operator::le:
            return actual <= argument.value;
        case Profile::Operator::eq:
            return actual == argument.value;
        case Profile::Operator::ge:
            return actual >= argument.value;
        case Profile::Operator::gt:
            return actual > argument.value;
        case Profile::Operator::masked_eq:
            return (actual & argument.value) == argument.value_two;
    }
    return false;
}

/// Small numbers as people say them, masks and addresses in hexadecimal.
std::string number(std::uint64_t value) {
    constexpr std::uint64_t kDecimalBelow = 4096;
    return value < kDecimalBelow ? fmt::format("{}", value) : fmt::format("{:#x}", value);
}

std::string describe(const Profile::Argument& argument) {
    if (argument.op == Profile::Operator::masked_eq)
        return fmt::format("arg{} & {:#x} == {}", argument.index, argument.value, number(argument.value_two));
    return fmt::format("arg{} {} {}", argument.index, sign_of(argument.op), number(argument.value));
}

}  // namespace

std::string_view sign_of(Profile::Operator op) {
    switch (op) {
        case Profile::Operator::ne:
            return "!=";
        case Profile::Operator::lt:
            return "<";
        case Profile::Operator::le:
            return "<=";
        case Profile::Operator::eq:
            return "==";
        case Profile::Operator::ge:
            return ">=";
        case Profile::Operator::gt:
            return ">";
        case Profile::Operator::masked_eq:
            return {};
    }
    return {};
}

bool takes_errno(Profile::ActionName action) {
    return action == Profile::ActionName::error || action == Profile::ActionName::trace;
}

model::Action resolve(Profile::ActionName action, std::optional<std::uint16_t> errno_ret) {
    const std::uint16_t data = errno_ret.value_or(EPERM);
    switch (action) {
        case Profile::ActionName::kill:
        case Profile::ActionName::kill_thread:
            return {ActionKind::kill_thread, 0};
        case Profile::ActionName::kill_process:
            return {ActionKind::kill_process, 0};
        case Profile::ActionName::trap:
            return {ActionKind::trap, 0};
        case Profile::ActionName::error:
            return {ActionKind::error, data};
        case Profile::ActionName::trace:
            return {ActionKind::trace, data};
        case Profile::ActionName::allow:
            return {ActionKind::allow, 0};
        case Profile::ActionName::log:
            return {ActionKind::log, 0};
        case Profile::ActionName::notify:
            return {ActionKind::user_notif, 0};
    }
    return {ActionKind::kill_process, 0};
}

model::Action default_action(const Profile& profile) {
    return resolve(profile.default_action, profile.default_errno_ret);
}

model::Action action_of(const Profile::Rule& rule) {
    return resolve(rule.action, rule.errno_ret);
}

bool counts(const Profile& profile, const Profile::Rule& rule) {
    return action_of(rule) != default_action(profile);
}

std::vector<Clause> clauses(const Profile::Rule& rule) {
    std::array<unsigned, std::tuple_size_v<decltype(model::Call::args)>> tests{};
    for (const auto& argument : rule.args) {
        if (argument.index < tests.size()) ++tests[argument.index];
    }
    const bool repeated = std::any_of(tests.begin(), tests.end(), [](unsigned count) { return count > 1; });
    if (!repeated) return {rule.args};
    std::vector<Clause> alternatives;
    for (const auto& argument : rule.args) alternatives.push_back({argument});
    return alternatives;
}

bool matches(const Profile::Rule& rule, const model::Call& call) {
    const auto alternatives = clauses(rule);
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const Clause& clause) {
        return std::all_of(clause.begin(), clause.end(), [&](const auto& argument) { return holds(argument, call); });
    });
}

std::vector<model::Arch> effective_archs(const Profile& profile) {
    std::vector<model::Arch> archs{profile.native.value_or(model::native_arch())};
    for (const auto arch : profile.architectures) {
        if (std::find(archs.begin(), archs.end(), arch) == archs.end()) archs.push_back(arch);
    }
    return archs;
}

std::string describe(Clause clause) {
    const auto key = [](const Profile::Argument& a) { return std::tuple{a.index, a.op, a.value, a.value_two}; };
    std::sort(clause.begin(), clause.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    std::vector<std::string> conditions;
    for (const auto& argument : clause) conditions.push_back(describe(argument));
    return fmt::format("{}", fmt::join(conditions, " and "));
}

std::string libseccomp_version() {
    const auto* version = ::seccomp_version();
    return fmt::format("{}.{}.{}", version->major, version->minor, version->micro);
}

model::Place place_of(const core::Span& span) {
    const auto [line, column] = span.position();
    return {span.file(), line, column};
}

std::string file_and_line(const core::Span& span) {
    return fmt::format("{}:{}", span.file(), span.position().line);
}

}  // namespace callgate::profiles
