#include "profiles/compare_targets.h"

#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "harness/model/call.h"
#include "profiles/resolve.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

constexpr std::int32_t kNumbers = 1024;
constexpr std::size_t kMostWitnesses = 64;  // for a call; one that shows a difference is enough
constexpr std::uint32_t kX32Bit = 0x40000000;

using Arguments = std::array<std::uint64_t, 6>;

std::string words_of(const std::string& name, const Arguments& args) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args.at(i) != 0) parts.push_back(fmt::format("arg{}={:#x}", i, args.at(i)));
    }
    return parts.empty() ? name : fmt::format("{}({})", name, fmt::join(parts, ", "));
}

class Comparer {
public:
    Comparer(const Profile& profile, std::span<const Target> targets) : profile_{profile}, targets_{targets} {}

    core::Result<TargetComparison> compare() {
        for (const auto& target : targets_) {
            result_.targets.push_back(target.words);
            auto resolved = resolve(profile_, target).profile;
            auto compiled = install(resolved, target);
            if (!compiled) return core::fail(compiled.error().context(target.words));
            programs_.push_back(std::move(compiled->program));
            filtered_.push_back(effective_archs(resolved));
            for (const auto arch : filtered_.back()) {
                if (std::find(archs_.begin(), archs_.end(), arch) == archs_.end()) archs_.push_back(arch);
            }
        }
        more_.resize(targets_.size());
        fewer_.resize(targets_.size());
        if (auto proven = find_witnesses(); !proven) return core::fail(proven.error());
        for (const auto arch : archs_) compare_arch(arch);
        summarise();
        return std::move(result_);
    }

private:
    using Answers = std::vector<model::Action>;

    /// Where the filters differ at all, proven; for each call the arguments that show it.
    core::Status find_witnesses() {
        for (std::size_t t = 1; t < programs_.size(); ++t) {
            const auto differences = bpf::compare(programs_.front(), programs_[t], bpf::effect);
            if (!differences) return core::fail(differences.error().context("the filters cannot be compared"));
            for (const auto& difference : *differences) note_witness(difference);
        }
        return {};
    }

    void note_witness(const bpf::Difference& difference) {
        for (const auto& calls : difference.calls) {
            for (const auto arch : archs_) {
                const auto token = model::audit_arch(arch);
                const bool listed = std::any_of(
                    calls.archs.begin(), calls.archs.end(),
                    [&](const bpf::WordRange& range) { return range.first <= token && token <= range.last; });
                for (const auto& range : listed ? calls.numbers : std::vector<bpf::WordRange>{})
                    note_witness(arch, range, difference.witness.args);
            }
        }
    }

    /// For the numbers of the range that are looked at.
    void note_witness(model::Arch arch, const bpf::WordRange& range, const Arguments& args) {
        const auto base = static_cast<std::uint32_t>(call_of(arch, 0).nr);
        const auto first = std::max(range.first, base);
        const auto last = std::min(range.last, base + static_cast<std::uint32_t>(kNumbers) - 1);
        for (auto word = first; word <= last && first <= last; ++word) {
            auto& witnesses = witnesses_[{arch, static_cast<std::int32_t>(word - base)}];
            if (witnesses.size() < kMostWitnesses) witnesses.insert(args);
        }
    }

    [[nodiscard]] Answers ask(const model::Call& call) const {
        Answers answers;
        for (const auto& program : programs_)
            answers.push_back(model::Action::from_return(bpf::evaluate(program, call)));
        return answers;
    }

    static bool agree(const Answers& answers) {
        return std::all_of(answers.begin(), answers.end(), [&](auto answer) { return answer == answers.front(); });
    }

    static model::Call call_of(model::Arch arch, std::int32_t number) {
        const bool x32 = arch.token != model::audit_arch(arch);
        return {x32 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(number) | kX32Bit) : number,
                model::audit_arch(arch),
                0,
                {}};
    }

    void compare_arch(model::Arch arch) {
        std::vector<Answers> all;
        for (std::int32_t number = 0; number < kNumbers; ++number) all.push_back(ask(call_of(arch, number)));
        std::vector<bool> alike;
        for (const auto& filtered : filtered_)
            alike.push_back(std::find(filtered.begin(), filtered.end(), arch) == filtered.end());
        const bool whole = std::find(alike.begin(), alike.end(), true) != alike.end();
        if (whole) add_whole(arch, all.front(), alike);
        for (std::int32_t number = 0; number < kNumbers; ++number) {
            if (arch == archs_.front()) count(all[static_cast<std::size_t>(number)]);
            compare_call(arch, number, all[static_cast<std::size_t>(number)], whole ? alike : std::vector<bool>{});
        }
        flush();
    }

    void add_whole(model::Arch arch, const Answers& answers, const std::vector<bool>& alike) {
        Disagreement whole{model::arch_name(arch), "every call", {}};
        for (std::size_t t = 0; t < targets_.size(); ++t)
            whole.answers.push_back(alike[t] ? model::describe(answers[t]) : std::string{});
        result_.differences.push_back(std::move(whole));
    }

    void count(const Answers& answers) {
        for (std::size_t t = 1; t < targets_.size(); ++t) {
            const bool first = !model::refuses(answers.front());
            const bool other = !model::refuses(answers[t]);
            if (other && !first) ++more_[t];
            if (first && !other) ++fewer_[t];
        }
    }

    /// True when the targets that filter the architecture by calls do not agree.
    static bool differs(const Answers& answers, const std::vector<bool>& alike) {
        Answers counting;
        for (std::size_t t = 0; t < answers.size(); ++t) {
            if (alike.empty() || !alike[t]) counting.push_back(answers[t]);
        }
        return !counting.empty() && !agree(counting);
    }

    void compare_call(model::Arch arch, std::int32_t number, const Answers& answers, const std::vector<bool>& alike) {
        const auto call = call_of(arch, number);
        const auto name = model::syscall_name(call.audit_arch, call.nr);
        const bool known = model::known_syscall(name);
        if (differs(answers, alike)) {
            if (known) {
                add(arch, name, answers);
            } else {
                add_number(arch, number, answers);
            }
            return;
        }
        const auto witnesses = witnesses_.find({arch, number});
        if (witnesses == witnesses_.end()) return;
        for (const auto& args : witnesses->second) {
            auto asked = call;
            asked.args = args;
            const auto said = ask(asked);
            if (!differs(said, alike)) continue;
            add(arch, words_of(name, args), said);
            return;
        }
    }

    void add(model::Arch arch, std::string call, const Answers& answers) {
        flush();
        Disagreement one{model::arch_name(arch), std::move(call), {}};
        for (const auto answer : answers) one.answers.push_back(model::describe(answer));
        result_.differences.push_back(std::move(one));
    }

    /// Numbers without a name, gathered where they follow each other.
    void add_number(model::Arch arch, std::int32_t number, const Answers& answers) {
        if (open_ && open_->answers == answers && open_->last + 1 == number && open_->arch == arch) {
            open_->last = number;
            return;
        }
        flush();
        open_ = Range{arch, number, number, answers};
    }

    void flush() {
        if (!open_) return;
        const auto range = *std::exchange(open_, std::nullopt);
        add(range.arch,
            range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last),
            range.answers);
    }

    void summarise() {
        for (std::size_t t = 1; t < targets_.size(); ++t) {
            result_.summary.push_back(fmt::format("{} permits {} more calls of {} than {}, and {} fewer",
                                                  result_.targets[t], more_[t], model::arch_name(archs_.front()),
                                                  result_.targets.front(), fewer_[t]));
        }
    }

    struct Range {
        model::Arch arch;
        std::int32_t first;
        std::int32_t last;
        Answers answers;
    };

    const Profile& profile_;
    std::span<const Target> targets_;
    std::vector<bpf::Program> programs_;
    std::vector<std::vector<model::Arch>> filtered_;  ///< by target: calls of others are all answered alike
    std::vector<model::Arch> archs_;                  ///< all of them
    std::map<std::pair<model::Arch, std::int32_t>, std::set<Arguments>> witnesses_;
    std::optional<Range> open_;
    std::vector<std::size_t> more_;
    std::vector<std::size_t> fewer_;
    TargetComparison result_;
};

}  // namespace

core::Result<TargetComparison> compare_targets(const Profile& profile, std::span<const Target> targets) {
    return Comparer{profile, targets}.compare();
}

}  // namespace callgate::profiles
