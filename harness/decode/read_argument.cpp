#include "harness/decode/read_argument.h"

#include "harness/core/closest.h"
#include "harness/core/number.h"
#include "harness/decode/names.h"
#include "harness/decode/signatures.h"
#include "harness/decode/witness_text.h"
#include "harness/model/arch.h"
#include "harness/model/syscall_table.h"

#include <fmt/format.h>

#include <linux/audit.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callgate::decode {

namespace {

/// Name to value; the first value of a name counts.
using Values = std::map<std::string, std::uint64_t, std::less<>>;

const Table& open_flags_of(const model::Call& call) {
    const bool arm = call.audit_arch == AUDIT_ARCH_ARM || call.audit_arch == AUDIT_ARCH_AARCH64;
    return arm ? kOpenFlagsArm : kOpenFlags;
}

void add(Values& values, const Table& table) {
    for (const auto& name : table.names) values.try_emplace(std::string{name.text}, name.value);
}

/// Also the names of what may stand after a selector, where `deep`.
void add(Values& values, const Argument& argument, const model::Call& call, bool deep) {
    if (argument.table != nullptr) add(values, *argument.table);
    if (argument.kind == Kind::open_flags) add(values, open_flags_of(call));
    if (argument.kind == Kind::clone_flags) add(values, kCloneFlags);
    if (argument.kind == Kind::clone_flags || argument.kind == Kind::signal) add(values, kSignals);
    if (argument.kind == Kind::dirfd) values.try_emplace("AT_FDCWD", static_cast<std::uint32_t>(-100));
    if (argument.kind == Kind::pointer) values.try_emplace("NULL", 0);
    if (argument.variants == nullptr) return;
    if (argument.variants->others != nullptr) add(values, *argument.variants->others);
    if (argument.variants->bits != nullptr) add(values, *argument.variants->bits);
    for (const auto& variant : argument.variants->options) {
        values.try_emplace(std::string{variant.text}, variant.value);
        if (!deep) continue;
        for (const auto& rest : variant.rest) add(values, rest, call, deep);
    }
}

/// The argument of the signature at this place, a selector before it obeyed.
const Argument* argument_at(const Signature& signature, const model::Call& call, unsigned index) {
    for (unsigned i = 0; i < index && i < signature.arguments.size(); ++i) {
        const auto* variants = signature.arguments.at(i).variants;
        if (variants == nullptr) continue;
        for (const auto& variant : variants->options) {
            const auto rest = index - i - 1;
            if (variant.value == (call.args.at(i) & UINT32_MAX) && rest < variant.rest.size() &&
                variant.rest.at(rest).kind != Kind::none) {
                return &variant.rest.at(rest);
            }
        }
    }
    return index < signature.arguments.size() ? &signature.arguments.at(index) : nullptr;
}

Values own_names(const model::Call& call, unsigned index) {
    Values values;
    const auto* signature = signature_of(call);
    const auto* argument = signature == nullptr ? nullptr : argument_at(*signature, call, index);
    if (argument != nullptr) add(values, *argument, call, false);
    return values;
}

Values all_names(const model::Call& call) {
    Values values;
    add(values, open_flags_of(call));
    for (const auto& signature : signatures()) {
        for (const auto& argument : signature.arguments) add(values, argument, call, true);
    }
    for (const auto* table : {&kClone3Flags, &kResolveFlags}) add(values, *table);
    return values;
}

unsigned bits_of(const model::Call& call, unsigned index) {
    const auto arch = model::arch_of_call(call.audit_arch, call.nr);
    const auto known = model::parameters(arch, model::syscall_name(call.audit_arch, call.nr));
    const unsigned most = (call.audit_arch & __AUDIT_ARCH_64BIT) != 0 ? 64 : 32;
    return known && index < known->size() ? std::min<unsigned>((*known)[index].bits, most) : most;
}

/// A number that takes all of the text; none where it is none, or no 64 bits hold it.
std::optional<std::uint64_t> number(std::string_view text, unsigned bits) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        base = 8;
        text.remove_prefix(1);
    }
    const auto value = core::number_in<std::uint64_t>(text, base);
    if (!value || !negative) return value;
    if (*value > std::uint64_t{1} << 63U) return std::nullopt;
    const auto all = ~*value + 1;
    return bits >= 64 || *value == 0 ? all : all & ((std::uint64_t{1} << std::max(bits, 32U)) - 1);
}

core::Result<std::uint64_t> part(const model::Call& call, unsigned index, std::string_view text) {
    if (const auto value = number(text, bits_of(call, index))) return *value;
    const auto own = own_names(call, index);
    if (const auto found = own.find(text); found != own.end()) return found->second;
    const auto all = all_names(call);
    if (const auto found = all.find(text); found != all.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, value] : own) names.push_back(name);
    auto near = core::closest(text, names);
    if (!near) {
        for (const auto& [name, value] : all) names.push_back(name);
        near = core::closest(text, names);
    }
    return core::fail(
        fmt::format("'{}' is no value for {}: a number (17, 0x11, -1) or a name that the kernel's headers "
                    "have{}",
                    text, argument_name(call, index),
                    near ? fmt::format("; did you mean '{}'?", *near) : ", as CLONE_NEWUSER|SIGCHLD"));
}

}  // namespace

core::Result<std::uint64_t> read_argument(const model::Call& call, unsigned index, std::string_view text) {
    std::uint64_t value = 0;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find('|', begin), text.size());
        const auto one = part(call, index, text.substr(begin, end - begin));
        if (!one) return core::fail(one.error());
        value |= *one;
        begin = end + 1;
    }
    return value;
}

}  // namespace callgate::decode
