#include "profiles/known_numbers.h"

#include "harness/model/syscall_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace callgate::profiles {

namespace {

// Bit 30 marks x32 (seccomp(2)); what has bit 31 is negative and no call's number.
constexpr std::uint32_t kX32Bit = 0x4000'0000;
constexpr std::uint32_t kNegative = 0x8000'0000;
constexpr bpf::WordRange kX32{kX32Bit, kNegative - 1};

bool has_x32(std::uint32_t audit_arch) {
    return archs_of(audit_arch).size() > 1;
}

std::uint32_t mark_of(model::Arch arch) {
    return model::audit_arch(arch) != arch.token ? kX32Bit : 0;
}

/// The parts of the range that are of the architecture.
std::vector<bpf::WordRange> parts(model::Arch arch, const bpf::WordRange& range) {
    if (!has_x32(model::audit_arch(arch))) return {range};
    const bool x32 = mark_of(arch) != 0;
    const auto within = x32 ? std::vector<bpf::WordRange>{kX32}
                            : std::vector<bpf::WordRange>{{0, kX32.first - 1}, {kX32.last + 1, ~0U}};
    std::vector<bpf::WordRange> found;
    for (const auto& [first, last] : within) {
        if (range.first <= last && first <= range.last) {
            found.push_back({std::max(first, range.first), std::min(last, range.last)});
        }
    }
    return found;
}

}  // namespace

std::vector<model::Arch> archs_of(std::uint32_t audit_arch) {
    std::vector<model::Arch> archs{model::Arch{audit_arch}};
    for (const auto& info : model::known_archs()) {
        if (info.arch != archs.front() && model::audit_arch(info.arch) == audit_arch) archs.push_back(info.arch);
    }
    return archs;
}

std::int32_t as_seen(model::Arch arch, std::uint32_t nr) {
    return static_cast<std::int32_t>(nr | mark_of(arch));
}

const KnownNumbers::ByNumber& KnownNumbers::of(model::Arch arch) {
    const auto [found, is_new] = known_.try_emplace(arch);
    if (!is_new) return found->second;
    for (const auto& info : model::all_syscalls()) {
        const auto nr = model::table_number(arch, info.name);
        if (!nr) continue;
        // Of several names of one number the one that people see.
        const auto* shown = model::syscall_at(arch, *nr);
        found->second.try_emplace(static_cast<std::uint32_t>(*nr), shown != nullptr ? shown->name : info.name);
    }
    return found->second;
}

Numbers KnownNumbers::in(model::Arch arch, std::span<const bpf::WordRange> numbers) {
    const auto& known = of(arch);
    const auto mark = mark_of(arch);
    Numbers found;
    const auto unnamed = [&](std::uint64_t first, std::uint64_t end) {
        if (first >= end) return;
        const bpf::WordRange range{static_cast<std::uint32_t>(first) & ~mark,
                                   static_cast<std::uint32_t>(end - 1) & ~mark};
        if (!found.unnamed.empty() && found.unnamed.back().last + 1 == range.first) {
            found.unnamed.back().last = range.last;
        } else {
            found.unnamed.push_back(range);
        }
    };
    for (const auto& range : numbers) {
        for (const auto& [first, last] : parts(arch, range)) {
            std::uint64_t next = first;
            for (auto call = known.lower_bound(first); call != known.end() && call->first <= last; ++call) {
                unnamed(next, call->first);
                found.named.emplace_back(call->second, static_cast<std::int32_t>(call->first));
                next = std::uint64_t{call->first} + 1;
            }
            unnamed(next, std::uint64_t{last} + 1);
        }
    }
    return found;
}

std::vector<KnownCalls> known_calls(KnownNumbers& known, const std::vector<bpf::Calls>& calls,
                                    const model::Call& witness) {
    std::vector<KnownCalls> all;
    for (const auto& some : calls) {
        for (const auto& archs : some.archs) {
            if (archs.first != archs.last) {
                // Architectures that no filter tells apart from others: there is no name to say.
                all.push_back({{}, {}, some.numbers, witness});
                continue;
            }
            for (const auto arch : archs_of(archs.first)) {
                auto numbers = known.in(arch, some.numbers);
                auto seen = witness;
                seen.audit_arch = archs.first;
                for (const auto& [name, nr] : numbers.named) {
                    seen.nr = nr;
                    all.push_back({name, arch, {}, seen});
                }
                if (numbers.unnamed.empty()) continue;
                seen.nr = as_seen(arch, numbers.unnamed.front().first);
                all.push_back({{}, arch, std::move(numbers.unnamed), seen});
            }
        }
    }
    return all;
}

std::string number_words(std::span<const bpf::WordRange> ranges) {
    std::string all;
    for (const auto& [first, last] : ranges) {
        if (first >= kNegative && !all.empty()) break;
        const auto from = static_cast<std::int32_t>(first);
        if (!all.empty()) all += ", ";
        if (first == last) {
            all += fmt::format("{}", from);
        } else if (last >= kX32Bit - 1 && first < kNegative) {
            all += fmt::format("from {}", from);
        } else {
            all += fmt::format("{}..{}", from, static_cast<std::int32_t>(last));
        }
    }
    return all;
}

}  // namespace callgate::profiles
