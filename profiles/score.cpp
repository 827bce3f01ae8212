#include "profiles/score.h"

#include "harness/bpf/example.h"
#include "harness/bpf/partition.h"
#include "harness/decode/witness_text.h"
#include "harness/model/syscall_table.h"
#include "profiles/condition_words.h"
#include "profiles/known_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

/// The regions of a filter in which one call is.
struct Regions {
    std::vector<const bpf::Region*> happening;
    std::vector<const bpf::Region*> refused;

    [[nodiscard]] Happens happens() const {
        if (happening.empty()) return Happens::never;
        return refused.empty() ? Happens::always : Happens::sometimes;
    }
};

bool is_among(const std::vector<bpf::WordRange>& ranges, std::uint32_t word) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const bpf::WordRange& range) { return range.first <= word && word <= range.last; });
}

bool refuses(std::uint32_t returned) {
    return model::refuses(model::Action::from_return(returned));
}

class Scorer {
public:
    Scorer(model::Arch arch, KnownNumbers& known) : arch_{arch}, known_{known} {}

    ArchScore of(const std::vector<bpf::Region>& regions) {
        for (const auto& region : regions) {
            for (const auto& calls : region.calls) add(region, calls);
        }
        ArchScore score;
        score.arch = arch_;
        for (const auto& [name, of_call] : calls_) {
            const auto happens = of_call.happens();
            auto& list = happens == Happens::always      ? score.always
                         : happens == Happens::sometimes ? score.sometimes
                                                         : score.never;
            list.emplace_back(name);
        }
        for (const auto reaches : risk_classes()) score.classes.push_back(of(reaches));
        return score;
    }

private:
    void add(const bpf::Region& region, const bpf::Calls& calls) {
        if (!is_among(calls.archs, model::audit_arch(arch_))) return;
        for (const auto& [name, nr] : known_.in(arch_, calls.numbers).named) {
            auto& of_call = calls_[name];
            (refuses(region.returned) ? of_call.refused : of_call.happening).push_back(&region);
        }
    }

    [[nodiscard]] ClassScore of(RiskClass reaches) const {
        ClassScore score;
        score.reaches = reaches;
        for (const auto& risk : risks()) {
            const auto found = calls_.find(risk.syscall);
            if (risk.reaches == reaches && found != calls_.end()) score.risks.push_back(of(risk, found->second));
        }
        return score;
    }

    [[nodiscard]] ScoredRisk of(const Risk& risk, const Regions& regions) const {
        const auto condition = condition_of(risk, arch_);
        const auto meets = [&](const bpf::Region* region) { return !bpf::apart(region->condition, condition); };
        const auto happening = std::find_if(regions.happening.begin(), regions.happening.end(), meets);
        ScoredRisk scored{&risk, Happens::never, witness(risk, condition, condition)};
        if (happening == regions.happening.end()) return scored;
        const bool always = std::none_of(regions.refused.begin(), regions.refused.end(), meets);
        scored.happens = always ? Happens::always : Happens::sometimes;
        scored.witness = witness(risk, condition, (*happening)->condition);
        return scored;
    }

    [[nodiscard]] std::string witness(const Risk& risk, const bpf::Condition& condition,
                                      const bpf::Condition& happening) const {
        auto call = bpf::example(happening, condition).value_or(model::Call{});
        call.audit_arch = model::audit_arch(arch_);
        call.nr = model::table_number(arch_, risk.syscall).value_or(-1);
        auto shown = touched_by(happening);
        if (risk.mask != 0) shown.set(argument_of(risk, arch_));
        return decode::witness_text(call, shown);
    }

    model::Arch arch_;
    KnownNumbers& known_;
    std::map<std::string_view, Regions> calls_;
};

bool lists(const std::vector<model::Arch>& archs, model::Arch arch) {
    return std::find(archs.begin(), archs.end(), arch) != archs.end();
}

std::vector<model::Arch> archs_to_score(const Filter& filter) {
    auto archs = filter.archs();
    if (archs.empty()) archs.push_back(model::native_arch());
    return archs;
}

core::Result<std::vector<BesideFilter>> beside(const Filter& filter, const Filter& other, KnownNumbers& known) {
    const auto differences = bpf::compare(filter.program(), other.program(), bpf::permission);
    if (!differences) {
        return core::fail(
            differences.error().context(fmt::format("cannot compare {} and {}", filter.name(), other.name())));
    }
    const auto others = archs_to_score(other);
    std::vector<BesideFilter> all;
    for (const auto arch : archs_to_score(filter)) {
        std::set<std::string> more;
        std::set<std::string> fewer;
        for (const auto& difference : *differences) {
            auto& into = refuses(difference.returned_by_first) ? fewer : more;
            for (const auto& calls : difference.calls) {
                if (!is_among(calls.archs, model::audit_arch(arch))) continue;
                for (const auto& [name, nr] : known.in(arch, calls.numbers).named) into.emplace(name);
            }
        }
        all.push_back(
            {other.name(), arch, lists(others, arch), {more.begin(), more.end()}, {fewer.begin(), fewer.end()}});
    }
    return all;
}

}  // namespace

std::size_t ClassScore::count(Happens happens) const {
    return static_cast<std::size_t>(
        std::count_if(risks.begin(), risks.end(), [&](const ScoredRisk& one) { return one.happens == happens; }));
}

core::Result<Score> score(const Filter& filter, std::span<const Filter> others) {
    const auto regions = bpf::partition(filter.program());
    if (!regions) return core::fail(regions.error().context(filter.name()));
    Score score;
    score.profile = filter.name();
    KnownNumbers known;
    for (const auto arch : archs_to_score(filter)) score.archs.push_back(Scorer{arch, known}.of(*regions));
    for (const auto& other : others) {
        auto more = beside(filter, other, known);
        if (!more) return core::fail(more.error());
        std::move(more->begin(), more->end(), std::back_inserter(score.beside));
    }
    return score;
}

std::vector<Exceeded> exceeded(const Score& score, const Gates& gates) {
    std::vector<Exceeded> all;
    for (const auto& arch : score.archs) {
        if (gates.max_permitted && arch.permitted() > *gates.max_permitted) {
            all.push_back({score.profile,
                           arch.arch,
                           fmt::format("--max-permitted {}", *gates.max_permitted),
                           *gates.max_permitted,
                           arch.permitted(),
                           {}});
        }
        for (const auto& of_class : arch.classes) {
            const auto& no = gates.no_classes;
            if (of_class.permitted() == 0 || std::find(no.begin(), no.end(), of_class.reaches) == no.end()) continue;
            all.push_back({score.profile,
                           arch.arch,
                           fmt::format("--no-class {}", name_of(of_class.reaches)),
                           0,
                           of_class.permitted(),
                           {}});
            for (const auto& risk : of_class.risks) {
                if (risk.happens != Happens::never) all.back().calls.push_back(risk.witness);
            }
        }
    }
    return all;
}

}  // namespace callgate::profiles
