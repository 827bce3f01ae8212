#include "harness/model/syscall_table.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <map>
#include <utility>

namespace callgate::model {

namespace {

constexpr std::int32_t kX32Bit = 0x40000000;
constexpr std::size_t kColumns = 15;

struct Column {
    std::uint32_t token;
    std::size_t index;  // in the order of syscalls/abis.py
    std::uint8_t bits;  // of a register
};

constexpr std::array kColumnOf{
    Column{SCMP_ARCH_X86, 0, 32},       Column{SCMP_ARCH_X86_64, 1, 64},      Column{SCMP_ARCH_X32, 2, 64},
    Column{SCMP_ARCH_ARM, 3, 32},       Column{SCMP_ARCH_AARCH64, 4, 64},     Column{SCMP_ARCH_MIPS, 5, 32},
    Column{SCMP_ARCH_MIPSEL, 5, 32},    Column{SCMP_ARCH_MIPS64, 6, 64},      Column{SCMP_ARCH_MIPSEL64, 6, 64},
    Column{SCMP_ARCH_MIPS64N32, 7, 64}, Column{SCMP_ARCH_MIPSEL64N32, 7, 64}, Column{SCMP_ARCH_PARISC, 8, 32},
    Column{SCMP_ARCH_PARISC64, 9, 64},  Column{SCMP_ARCH_PPC, 10, 32},        Column{SCMP_ARCH_PPC64, 11, 64},
    Column{SCMP_ARCH_PPC64LE, 11, 64},  Column{SCMP_ARCH_RISCV64, 12, 64},    Column{SCMP_ARCH_S390, 13, 32},
    Column{SCMP_ARCH_S390X, 14, 64},
};

constexpr Version kNewestKernel
#include "harness/model/syscalls/newest.inc"
    ;

struct Numbers {
    std::string_view name;
    Version introduced;  // 0.0.0: not known
    Version libseccomp;  // 0.0.0: no version knows it
    std::array<std::int32_t, kColumns> numbers;
};

constexpr Numbers kNumbers[] = {
#include "harness/model/syscalls/numbers.inc"
};

using Kind = ParameterKind;

// How wide a parameter is; kWord is as wide as a register.
constexpr std::uint8_t kBits16 = 16;
constexpr std::uint8_t kBits32 = 32;
constexpr std::uint8_t kBits64 = 64;
constexpr std::uint8_t kWord = 0;

struct Prototype {
    std::string_view name;
    std::uint32_t columns;  // one bit each
    std::size_t count;
    std::array<Parameter, 6> parameters;
};

constexpr Prototype kPrototypes[] = {
#include "harness/model/syscalls/prototypes.inc"
};

struct Operation {
    std::string_view name;
    std::string_view multiplexer;
    std::uint32_t number;
};

constexpr Operation kOperations[] = {
#include "harness/model/syscalls/subcalls.inc"
};

const Column* column_of(Arch arch) {
    const auto* found =
        std::find_if(kColumnOf.begin(), kColumnOf.end(), [&](const Column& one) { return one.token == arch.token; });
    return found == kColumnOf.end() ? nullptr : found;
}

constexpr auto kByName = [](const auto& row, std::string_view name) { return row.name < name; };

template <typename Row, std::size_t N>
const Row* row_of(const Row (&rows)[N], std::string_view name) {
    const auto* found = std::lower_bound(std::begin(rows), std::end(rows), name, kByName);
    return found != std::end(rows) && found->name == name ? found : nullptr;
}

std::optional<Version> known(const Version& version) {
    return version == Version{} ? std::nullopt : std::optional{version};
}

const std::vector<SyscallInfo>& infos() {
    static const auto all = [] {
        std::vector<SyscallInfo> made;
        made.reserve(std::size(kNumbers));
        for (const auto& row : kNumbers) made.push_back({row.name, known(row.introduced), known(row.libseccomp)});
        return made;
    }();
    return all;
}

using ByNumber = std::map<std::int32_t, const SyscallInfo*>;

// A number that has two names is known by the one that libseccomp has.
const std::array<ByNumber, kColumns>& by_number() {
    static const auto all = [] {
        std::array<ByNumber, kColumns> made;
        for (std::size_t row = 0; row < std::size(kNumbers); ++row) {
            for (std::size_t column = 0; column < kColumns; ++column) {
                const auto number = kNumbers[row].numbers[column];
                if (number < 0) continue;
                const auto* info = &infos()[row];
                const auto [place, added] = made[column].emplace(number, info);
                if (!added && info->libseccomp_since && !place->second->libseccomp_since) place->second = info;
            }
        }
        return made;
    }();
    return all;
}

}  // namespace

std::string to_string(const Version& version) {
    return version.patch == 0 ? fmt::format("{}.{}", version.major, version.minor) : in_full(version);
}

std::string in_full(const Version& version) {
    return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

bool is_address(ParameterKind kind) {
    return kind == ParameterKind::string || kind == ParameterKind::pointer;
}

Version newest_kernel() {
    return kNewestKernel;
}

std::vector<Version> libseccomp_versions() {
    std::vector<Version> versions;
    for (const auto& row : kNumbers) {
        if (row.libseccomp != Version{}) versions.push_back(row.libseccomp);
    }
    std::sort(versions.begin(), versions.end());
    versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
    return versions;
}

std::span<const SyscallInfo> all_syscalls() {
    return infos();
}

const SyscallInfo* find_syscall(std::string_view name) {
    const auto* row = row_of(kNumbers, name);
    return row == nullptr ? nullptr : &infos()[static_cast<std::size_t>(row - std::begin(kNumbers))];
}

const SyscallInfo* syscall_at(Arch arch, std::int32_t nr) {
    const auto* column = column_of(arch);
    if (column == nullptr) return nullptr;
    if (arch.token == SCMP_ARCH_X32) {
        if ((nr & kX32Bit) == 0) return nullptr;
        nr &= ~kX32Bit;
    }
    const auto& numbers = by_number()[column->index];
    const auto found = numbers.find(nr);
    return found == numbers.end() ? nullptr : found->second;
}

std::optional<std::int32_t> table_number(Arch arch, std::string_view name) {
    const auto* column = column_of(arch);
    const auto* row = row_of(kNumbers, name);
    if (column == nullptr || row == nullptr || row->numbers[column->index] < 0) return std::nullopt;
    const auto number = row->numbers[column->index];
    return arch.token == SCMP_ARCH_X32 ? number | kX32Bit : number;
}

std::optional<std::vector<Parameter>> parameters(Arch arch, std::string_view name) {
    const auto* column = column_of(arch);
    if (column == nullptr) return std::nullopt;
    const auto* row = row_of(kPrototypes, name);
    for (; row != nullptr && row != std::end(kPrototypes) && row->name == name; ++row) {
        if ((row->columns >> column->index & 1U) == 0) continue;
        std::vector<Parameter> found{row->parameters.begin(), row->parameters.begin() + row->count};
        for (auto& parameter : found) {
            if (parameter.bits == kWord) parameter.bits = column->bits;
        }
        return found;
    }
    return std::nullopt;
}

std::optional<Subcall> subcall(Arch arch, std::string_view name) {
    const auto* row = row_of(kOperations, name);
    if (row == nullptr || !table_number(arch, row->multiplexer)) return std::nullopt;
    return Subcall{row->multiplexer, row->number};
}

}  // namespace callgate::model
