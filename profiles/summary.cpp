#include "profiles/summary.h"

#include "harness/bpf/partition.h"
#include "profiles/condition_words.h"
#include "profiles/explain.h"
#include "profiles/known_numbers.h"
#include "profiles/wrapped.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

/// One thing that can happen to a call: an action, and when; "" for always.
using Outcome = std::pair<model::Action, std::string>;

/// All that one architecture is treated with, in an order that can be compared.
struct Treatment {
    std::map<std::string, std::vector<Outcome>> calls;
    std::optional<model::Action> unnamed;  ///< of most numbers that have no name
    auto operator<=>(const Treatment&) const = default;
};

class Summary {
public:
    explicit Summary(const Filter& filter) : filter_{filter} {}

    core::Result<std::string> text() {
        const auto regions = bpf::partition(filter_.program());
        if (!regions) return core::fail(regions.error().context(filter_.name()));
        for (const auto& region : *regions) add(region);
        std::map<Treatment, std::vector<std::string>> archs;  // what is treated alike
        std::vector<const Treatment*> order;
        for (const auto& info : model::known_archs()) {
            const auto found = treatments_.find(info.arch);
            if (found == treatments_.end() || like_elsewhere(found->second)) continue;
            const auto [known, is_new] = archs.try_emplace(found->second);
            if (is_new) order.push_back(&known->first);
            known->second.emplace_back(info.short_name);
        }
        auto out = wrapped("", head());
        for (const auto* treatment : order) out += "\n" + text(archs[*treatment], *treatment);
        if (elsewhere_) {
            out +=
                "\n" + wrapped("", fmt::format("Calls of all other architectures are {}.", action_words(*elsewhere_)));
        }
        return out;
    }

private:
    void add(const bpf::Region& region) {
        const auto action = model::Action::from_return(region.returned);
        for (const auto& calls : region.calls) {
            for (const auto& archs : calls.archs) {
                if (archs.first != archs.last) {
                    elsewhere_ = action;
                    continue;
                }
                for (const auto arch : archs_of(archs.first)) add(region, action, arch, calls.numbers);
            }
        }
    }

    void add(const bpf::Region& region, model::Action action, model::Arch arch,
             const std::vector<bpf::WordRange>& numbers) {
        const auto found = known_.in(arch, numbers);
        auto& treatment = treatments_[arch];
        for (const auto& [name, nr] : found.named) {
            auto call = region.witness;
            call.audit_arch = model::audit_arch(arch);
            call.nr = nr;
            const auto when = region.condition.always() ? std::string{} : condition_words(call, region.condition);
            treatment.calls[std::string{name}].emplace_back(action, when);
        }
        constexpr std::uint32_t kNegative = 0x8000'0000;  // no call has such a number
        for (const auto& [first, last] : found.unnamed) {
            auto& most = most_unnamed_[arch];
            if (first >= kNegative || last - first < most) continue;
            most = last - first;
            treatment.unnamed = action;
        }
    }

    std::string head() const {
        if (filter_.profile() == nullptr) {
            return fmt::format("{}: a compiled filter of {} instructions.", filter_.name(), filter_.program().size());
        }
        const auto& profile = *filter_.profile();
        return fmt::format("{}: {} {}, compiled to {} instructions.", filter_.name(), profile.rules.size(),
                           profile.rules.size() == 1 ? "rule" : "rules", filter_.program().size());
    }

    /// The refusal of most calls that are always refused.
    static std::optional<model::Action> most_common(const std::map<model::Action, std::vector<std::string>>& always) {
        std::optional<model::Action> most;
        for (const auto& [action, names] : always) {
            if (!model::refuses(action)) continue;
            if (!most || names.size() > always.at(*most).size()) most = action;
        }
        return most;
    }

    /// As architectures that the filter does not tell apart.
    [[nodiscard]] bool like_elsewhere(const Treatment& treatment) const {
        return elsewhere_ && treatment.unnamed == elsewhere_ &&
               std::all_of(treatment.calls.begin(), treatment.calls.end(), [&](const auto& call) {
                   return call.second == std::vector<Outcome>{{*elsewhere_, ""}};
               });
    }

    static std::string text(const std::vector<std::string>& archs, const Treatment& treatment) {
        auto out = wrapped("", fmt::format("On {}:", fmt::join(archs, ", ")));
        std::map<model::Action, std::vector<std::string>> always;
        std::vector<std::string> sometimes;
        for (const auto& [name, outcomes] : treatment.calls) {
            if (outcomes.size() == 1 && outcomes.front().second.empty()) {
                always[outcomes.front().first].push_back(name);
            } else {
                sometimes.push_back(conditional(name, outcomes));
            }
        }
        // A list of all that happens to be refused is of use to nobody where that is what happens to most.
        const auto rest = most_common(always);
        if (rest) out += wrapped("  ", fmt::format("Calls that are not named here are {}.", action_words(*rest)));
        if (treatment.unnamed && treatment.unnamed != rest) {
            out += wrapped("  ", fmt::format("Numbers that have no name are {}.", action_words(*treatment.unnamed)));
        }
        // Permitted first: ALLOW is the last of the actions.
        for (auto each = always.rbegin(); each != always.rend(); ++each) {
            const auto& [action, names] = *each;
            if (action == rest) continue;
            out += wrapped("  ", fmt::format("{} {} {}:", names.size(), names.size() == 1 ? "call is" : "calls are",
                                             action_words(action)));
            out += wrapped("    ", fmt::format("{}", fmt::join(names, ", ")));
        }
        if (!sometimes.empty()) {
            out += fmt::format(
                "  {} by {} arguments:\n",
                sometimes.size() == 1 ? "1 call is judged" : fmt::format("{} calls are judged", sometimes.size()),
                sometimes.size() == 1 ? "its" : "their");
        }
        for (const auto& call : sometimes) out += call;
        return out;
    }

    /// What happens to most of the ways of calling it is said last, without its condition.
    static std::string conditional(const std::string& name, std::vector<Outcome> outcomes) {
        std::stable_sort(outcomes.begin(), outcomes.end(), [](const Outcome& a, const Outcome& b) {
            return std::make_tuple(model::refuses(a.first), a.second.size()) <
                   std::make_tuple(model::refuses(b.first), b.second.size());
        });
        std::string text = name;
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            const auto& [action, when] = outcomes[i];
            const bool last = i + 1 == outcomes.size();
            text += fmt::format("{} {}{}",
                                i == 0 ? " is"
                                : last ? "; otherwise"
                                       : "; is",
                                action_words(action), last ? "" : fmt::format(" where {}", when));
        }
        return wrapped("    ", text);
    }

    const Filter& filter_;
    KnownNumbers known_;
    std::map<model::Arch, Treatment> treatments_;
    std::map<model::Arch, std::uint32_t> most_unnamed_;  ///< the longest range of them so far
    std::optional<model::Action> elsewhere_;
};

}  // namespace

core::Result<std::string> summarise(const Filter& filter) {
    return Summary{filter}.text();
}

}  // namespace callgate::profiles
