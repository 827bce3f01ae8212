#include "profiles/annotate.h"

#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "profiles/known_numbers.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

/// By rule and name, as in Entry; what no rule decides stands as one more.
using Owners = std::set<std::pair<std::size_t, std::size_t>>;
constexpr std::pair kDefault{~std::size_t{0}, std::size_t{0}};

/// The part of the way from the instruction on that tells the call from others by its number; all but the return where
/// there is no such instruction.
std::size_t own_part(const bpf::Program& program, const bpf::Way& way, const model::Call& call) {
    bool holds_number = false;
    for (std::size_t step = 0; step + 1 < way.executed.size(); ++step) {
        const auto& instruction = program[way.executed[step]];
        if (BPF_CLASS(instruction.code) == BPF_LD) {
            holds_number =
                instruction.code == (BPF_LD | BPF_W | BPF_ABS) && instruction.k == offsetof(seccomp_data, nr);
        }
        const bool tells = instruction.code == (BPF_JMP | BPF_JEQ | BPF_K) && holds_number &&
                           instruction.k == static_cast<std::uint32_t>(call.nr);
        if (tells) return step;
    }
    return way.executed.size() - 1;
}

class Notes {
public:
    explicit Notes(const Filter& filter) : filter_{filter}, owners_(filter.program().size()) {}

    std::vector<std::string> all() {
        std::vector<std::string> notes(owners_.size());
        if (filter_.profile() == nullptr) return notes;
        const auto regions = bpf::partition(filter_.program());
        if (!regions) return notes;
        const auto archs = filter_.archs();
        for (const auto& region : *regions) {
            for (const auto& calls : region.calls) {
                for (const auto arch : archs) {
                    const auto token = model::audit_arch(arch);
                    const bool within = std::any_of(calls.archs.begin(), calls.archs.end(), [&](const auto& range) {
                        return range.first <= token && token <= range.last;
                    });
                    if (within) walk(region, arch, calls.numbers);
                }
            }
        }
        std::transform(owners_.begin(), owners_.end(), notes.begin(),
                       [&](const Owners& owners) { return note(owners); });
        return notes;
    }

private:
    void walk(const bpf::Region& region, model::Arch arch, const std::vector<bpf::WordRange>& numbers) {
        auto call = region.witness;
        call.audit_arch = model::audit_arch(arch);
        const auto found = known_.in(arch, numbers);
        for (const auto& [name, nr] : found.named) {
            call.nr = nr;
            walk(call);
        }
        if (found.unnamed.empty()) return;
        call.nr = as_seen(arch, found.unnamed.front().first);
        walk(call);
    }

    void walk(const model::Call& call) {
        const auto decider = filter_.decider(call);
        auto owner = kDefault;
        if (decider.by == Decider::By::rule) owner = {decider.entry.rule, decider.entry.name};
        if (decider.by != Decider::By::rule && decider.by != Decider::By::default_action) return;
        const auto way = bpf::explain(filter_.program(), call);
        // What is compared on the way belongs to rules, and to the default action what is left over.
        const auto begin = owner == kDefault ? way.executed.size() - 1 : own_part(filter_.program(), way, call);
        for (auto step = begin; step < way.executed.size(); ++step) {
            owners_[way.executed[step]].insert(owner);
        }
    }

    [[nodiscard]] std::string note(const Owners& owners) const {
        if (owners.empty()) return {};
        const auto& profile = *filter_.profile();
        std::map<std::size_t, std::vector<std::size_t>> rules;
        for (const auto& [rule, name] : owners) rules[rule].push_back(name);
        constexpr std::size_t kMostRules = 3;
        std::vector<std::string> parts;
        for (const auto& [index, names] : rules) {
            if (index == kDefault.first) {
                parts.push_back(fmt::format("{} (default action)", file_and_line(profile.default_action_span)));
                continue;
            }
            const auto& rule = profile.rules[index];
            parts.push_back(names.size() == 1 ? fmt::format("{} {}", file_and_line(rule.names[names.front()].span),
                                                            rule.names[names.front()].text)
                                              : fmt::format("{} ({} names)", file_and_line(rule.span), names.size()));
        }
        if (parts.size() > kMostRules) {
            const auto more = parts.size() - kMostRules;
            parts.resize(kMostRules);
            parts.push_back(fmt::format("and {} more rules", more));
        }
        return fmt::format("{}", fmt::join(parts, ", "));
    }

    const Filter& filter_;
    KnownNumbers known_;
    std::vector<Owners> owners_;
};

}  // namespace

std::vector<std::string> notes_of(const Filter& filter) {
    return Notes{filter}.all();
}

}  // namespace callgate::profiles
