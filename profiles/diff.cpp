#include "profiles/diff.h"

#include "harness/bpf/example.h"
#include "harness/decode/witness_text.h"
#include "harness/model/syscall_table.h"
#include "profiles/condition_words.h"
#include "profiles/diff_settings.h"
#include "profiles/known_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

Effect effect_of(model::Action before, model::Action after) {
    const bool refused = model::refuses(before);
    if (refused == model::refuses(after)) return Effect::otherwise;
    return refused ? Effect::permitted : Effect::refused;
}

/// Where the deciders stand, to tell whether two architectures differ for the same reason.
std::vector<std::tuple<Decider::By, std::size_t, std::size_t>> reasons(const std::vector<Decider>& deciders) {
    std::vector<std::tuple<Decider::By, std::size_t, std::size_t>> all;
    for (const auto& decider : deciders) all.emplace_back(decider.by, decider.entry.rule, decider.entry.name);
    return all;
}

std::size_t order_of(model::Arch arch) {
    const auto all = model::known_archs();
    return static_cast<std::size_t>(
        std::find_if(all.begin(), all.end(), [&](const auto& info) { return info.arch == arch; }) - all.begin());
}

class Differ {
public:
    Differ(const Filter& first, const Filter& second)
        : first_{first}, second_{second}, first_archs_{first.archs()}, second_archs_{second.archs()} {}

    Differences of(const std::vector<bpf::Difference>& regions) {
        for (const auto& region : regions) {
            for (auto& calls : known_calls(known_, region.calls, region.witness)) add(region, std::move(calls));
        }
        Differences found;
        found.first = first_.name();
        found.second = second_.name();
        for (auto& change : changes_) {
            std::sort(change.archs.begin(), change.archs.end(),
                      [](model::Arch a, model::Arch b) { return order_of(a) < order_of(b); });
            add_risks(change);
            count(change, found);
        }
        std::sort(changes_.begin(), changes_.end(), earlier);
        std::sort(found.archs.begin(), found.archs.end(),
                  [](const ArchChange& a, const ArchChange& b) { return order_of(a.arch) < order_of(b.arch); });
        found.changes = std::move(changes_);
        if (first_.profile() != nullptr && second_.profile() != nullptr) {
            found.settings = setting_changes(*first_.profile(), *second_.profile());
        }
        return found;
    }

private:
    void add(const bpf::Difference& region, KnownCalls calls) {
        const auto& arch = calls.arch;
        const auto& witness = calls.witness;
        Change change;
        change.before = model::Action::from_return(region.returned_by_first);
        change.after = model::Action::from_return(region.returned_by_second);
        change.effect = effect_of(change.before, change.after);
        change.name = calls.name;
        change.numbers = std::move(calls.numbers);
        change.condition = region.condition;
        if (!region.condition.always()) change.when = condition_words(witness, region.condition);
        change.witness = witness;
        change.first = first_.deciders(witness, region.condition);
        change.second = second_.deciders(witness, region.condition);
        change.listed_by_both = !arch || (listed(first_archs_, *arch) && listed(second_archs_, *arch));

        Key key{change.name,  change.numbers,        change.when,           change.before,
                change.after, change.listed_by_both, reasons(change.first), reasons(change.second)};
        const auto [known, is_new] = index_.try_emplace(std::move(key), changes_.size());
        if (is_new) changes_.push_back(std::move(change));
        if (arch) changes_[known->second].archs.push_back(*arch);
    }

    static bool listed(const std::vector<model::Arch>& archs, model::Arch arch) {
        return std::find(archs.begin(), archs.end(), arch) != archs.end();
    }

    /// The dangerous ones among the calls, and one of them as the witness of all.
    static void add_risks(Change& change) {
        auto touched = touched_by(change.condition);
        if (change.effect == Effect::permitted) {
            for (const auto* risk : risks_of(change.name)) {
                const auto arch = model::arch_of_call(change.witness.audit_arch, change.witness.nr);
                auto example = bpf::example(change.condition, condition_of(*risk, arch));
                if (!example) continue;
                example->audit_arch = change.witness.audit_arch;
                example->nr = change.witness.nr;
                auto shown = touched;
                if (risk->mask != 0) shown.set(argument_of(*risk, arch));
                if (change.risks.empty() && risk->mask != 0) {
                    change.witness = *example;
                    touched = shown;
                }
                change.risks.push_back({risk, decode::witness_text(*example, shown)});
            }
        }
        change.witness_text = decode::witness_text(change.witness, touched);
    }

    /// Adds the change to what is said of architectures that only one filter lists.
    void count(const Change& change, Differences& found) const {
        if (change.listed_by_both) return;
        for (const auto arch : change.archs) {
            auto known = std::find_if(found.archs.begin(), found.archs.end(),
                                      [&](const ArchChange& other) { return other.arch == arch; });
            if (known == found.archs.end()) {
                known = found.archs.insert(known, ArchChange{arch, listed(second_archs_, arch), 0, 0});
            }
            if (change.name.empty()) continue;
            known->permitted += change.effect == Effect::permitted ? 1 : 0;
            known->refused += change.effect == Effect::refused ? 1 : 0;
        }
    }

    static bool earlier(const Change& a, const Change& b) {
        const auto worst = [](const Change& change) {
            std::size_t least = risks().size();
            for (const auto& note : change.risks) {
                least = std::min(least, static_cast<std::size_t>(note.risk - risks().data()));
            }
            return least;
        };
        return std::make_tuple(a.effect, worst(a), a.name.empty(), std::string_view{a.name}, a.witness) <
               std::make_tuple(b.effect, worst(b), b.name.empty(), std::string_view{b.name}, b.witness);
    }

    using Reasons = std::vector<std::tuple<Decider::By, std::size_t, std::size_t>>;
    using Key = std::tuple<std::string, std::vector<bpf::WordRange>, std::string, model::Action, model::Action, bool,
                           Reasons, Reasons>;

    const Filter& first_;
    const Filter& second_;
    std::vector<model::Arch> first_archs_;
    std::vector<model::Arch> second_archs_;
    KnownNumbers known_;
    std::map<Key, std::size_t> index_;
    std::vector<Change> changes_;
};

}  // namespace

core::Result<Differences> diff(const Filter& first, const Filter& second) {
    const auto regions = bpf::compare(first.program(), second.program(), bpf::effect);
    if (!regions) {
        return core::fail(
            regions.error().context(fmt::format("cannot compare {} and {}", first.name(), second.name())));
    }
    return Differ{first, second}.of(*regions);
}

void keep_only(Differences& differences, Effect effect) {
    std::erase_if(differences.changes, [&](const Change& change) { return change.effect != effect; });
    for (auto& arch : differences.archs) {
        if (effect != Effect::permitted) arch.permitted = 0;
        if (effect != Effect::refused) arch.refused = 0;
    }
    std::erase_if(differences.archs, [](const ArchChange& arch) { return arch.permitted + arch.refused == 0; });
    differences.settings.clear();
}

}  // namespace callgate::profiles
