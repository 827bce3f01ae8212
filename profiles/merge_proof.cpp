#include "profiles/merge_proof.h"

#include "harness/bpf/partition.h"
#include "harness/decode/witness_text.h"
#include "harness/model/call.h"
#include "profiles/by_name.h"
#include "profiles/condition_words.h"
#include "profiles/known_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

using Kind = Deviation::Kind;

Kind kind_of(model::Action due, model::Action given) {
    const bool refused = model::refuses(given);
    if (refused == model::refuses(due)) return Kind::otherwise;
    return refused ? Kind::narrower : Kind::wider;
}

/// Puts together what is alike: first the architectures of one call, then the calls.
class Gathering {
public:
    explicit Gathering(std::string input = {}) : input_{std::move(input)} {}

    void add(const bpf::Difference& region, const KnownCalls& calls) {
        const auto due = model::Action::from_return(region.returned_by_first);
        const auto given = model::Action::from_return(region.returned_by_second);
        auto text = calls.name.empty() ? std::string{"numbers without a name"} : std::string{calls.name};
        if (!region.condition.always()) text += fmt::format(" ({})", condition_words(calls.witness, region.condition));
        const auto [known, is_new] = index_.try_emplace({calls.name.empty(), text, due, given}, entries_.size());
        if (is_new) {
            Deviation one{kind_of(due, given), input_, {text}, {}, due, given, {}};
            one.witness = decode::witness_text(calls.witness, touched_by(region.condition));
            entries_.push_back(std::move(one));
        }
        if (calls.arch) entries_[known->second].archs.push_back(*calls.arch);
    }

    std::vector<Deviation> take() {
        std::map<std::tuple<Kind, model::Action, model::Action, std::vector<model::Arch>>, std::size_t> index;
        std::vector<Deviation> all;
        // By name, numbers last.
        for (const auto& [key, at] : index_) {
            auto& one = entries_[at];
            std::sort(one.archs.begin(), one.archs.end());
            one.archs.erase(std::unique(one.archs.begin(), one.archs.end()), one.archs.end());
            const auto [known, is_new] = index.try_emplace({one.kind, one.due, one.given, one.archs}, all.size());
            if (is_new) {
                all.push_back(std::move(one));
            } else {
                all[known->second].calls.push_back(std::move(one.calls.front()));
            }
        }
        return all;
    }

private:
    std::string input_;
    std::map<std::tuple<bool, std::string, model::Action, model::Action>, std::size_t> index_;
    std::vector<Deviation> entries_;
};

std::string archs_text(const std::vector<model::Arch>& archs) {
    if (archs.empty()) return "architectures that nobody lists";
    std::vector<std::string> names;
    for (const auto arch : archs) names.push_back(model::arch_name(arch));
    return fmt::format("{}", fmt::join(names, ", "));
}

/// What of an answer the kernel does not make the same of.
std::string action_text(model::Action action, model::Action other) {
    auto text = model::describe(action);
    if (text == model::describe(other)) text += fmt::format(" with data {}", action.data);
    return text;
}

class Prover {
public:
    Prover(std::span<const Filter> inputs, Combination how, const Filter& merged)
        : inputs_{inputs}, how_{how}, merged_{merged} {}

    core::Result<MergeProof> prove() {
        MergeProof proof;
        std::vector<const bpf::Program*> programs;
        for (const auto& input : inputs_) programs.push_back(&input.program());
        const auto blend = [how = how_](std::uint32_t a, std::uint32_t b) {
            return prevails(how, 1, model::Action::from_return(b), 0, model::Action::from_return(a)) ? b : a;
        };
        const auto wrong = bpf::compare(programs, blend, merged_.program(), bpf::permission);
        if (!wrong) return core::fail(wrong.error().context("cannot prove what comes of the profiles"));
        Gathering permissions;
        for (const auto& region : *wrong) {
            for (const auto& calls : known_calls(known_, region.calls, region.witness)) permissions.add(region, calls);
        }
        proof.permissions = permissions.take();
        const auto archs = merged_.archs();
        for (const auto& input : inputs_) {
            auto found = answered_otherwise(input, archs);
            if (!found) proof.unlisted.push_back(input.name());
            if (found) std::move(found->begin(), found->end(), std::back_inserter(proof.answers));
        }
        return proof;
    }

private:
    core::Result<std::vector<Deviation>> answered_otherwise(const Filter& input,
                                                            const std::vector<model::Arch>& merged_archs) {
        const auto regions = bpf::compare(input.program(), merged_.program(), bpf::effect);
        if (!regions) return core::fail(regions.error().context(fmt::format("cannot compare with {}", input.name())));
        const auto archs = input.archs();
        const auto listed = [](const std::vector<model::Arch>& all, model::Arch arch) {
            return std::find(all.begin(), all.end(), arch) != all.end();
        };
        Gathering found{input.name()};
        for (const auto& region : *regions) {
            if (bpf::permission(region.returned_by_first) != bpf::permission(region.returned_by_second)) continue;
            for (const auto& calls : known_calls(known_, region.calls, region.witness)) {
                if (calls.arch && listed(archs, *calls.arch) && listed(merged_archs, *calls.arch))
                    found.add(region, calls);
            }
        }
        return found.take();
    }

    std::span<const Filter> inputs_;
    Combination how_;
    const Filter& merged_;
    KnownNumbers known_;
};

}  // namespace

core::Result<MergeProof> prove(std::span<const Filter> inputs, Combination how, const Filter& merged) {
    return Prover{inputs, how, merged}.prove();
}

bool is_broken_by(Combination how, const Deviation& deviation) {
    return deviation.kind == (how == Combination::any ? Kind::narrower : Kind::wider);
}

std::string to_words(Combination how, const Deviation& deviation) {
    const bool any = how == Combination::any;
    const auto calls = fmt::format("{} on {}", listed(deviation.calls), archs_text(deviation.archs));
    switch (deviation.kind) {
        case Kind::wider:
            return fmt::format("{}: {}, though {}; such as {}", calls, model::describe(deviation.given),
                               any ? "no input permits it" : "an input refuses it", deviation.witness);
        case Kind::narrower:
            return fmt::format("{}: {}, though {}; such as {}", calls, model::describe(deviation.given),
                               any ? "an input permits it" : "every input permits it", deviation.witness);
        case Kind::otherwise:
            break;
    }
    return fmt::format("{}: {} in {}, {} here", calls, action_text(deviation.due, deviation.given), deviation.input,
                       action_text(deviation.given, deviation.due));
}

std::vector<std::string> unproven_names(const model::Profile& merged) {
    std::set<std::string> names;
    for (const auto& rule : merged.rules) {
        for (const auto& name : rule.names) {
            if (!model::libseccomp_knows(name.text)) names.insert(name.text);
        }
    }
    return {names.begin(), names.end()};
}

}  // namespace callgate::profiles
