#include "profiles/answers.h"

#include "harness/bpf/example.h"
#include "harness/model/call.h"
#include "profiles/rule_condition.h"
#include "profiles/shared_tests.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

using Wanted = std::function<bool(model::Action)>;

/// One alternative of a rule, and what other rules leave of it.
struct Part {
    model::Action action;
    bpf::Condition condition;
    Alternatives left;
};

bpf::Condition condition_of(const Clause& clause) {
    model::Profile::Rule rule;
    rule.args = clause;
    return profiles::condition_of(rule);
}

void append(Alternatives& to, const Alternatives& more) {
    to.insert(to.end(), more.begin(), more.end());
}

/// What the filter answers a call for which both conditions hold; none when there is no such call, or none by the name.
std::optional<model::Action> answer_to_both(const Filter& filter, const std::string& name, const Part& a,
                                            const Part& b) {
    auto call = bpf::example(a.condition, b.condition);
    if (!call) return std::nullopt;
    for (const auto arch : filter.archs()) {
        const auto nr = model::libseccomp_number(arch, name);
        if (!nr) continue;
        call->audit_arch = model::audit_arch(arch);
        call->nr = *nr;
        return filter.answer(*call);
    }
    return std::nullopt;
}

bool take(Part& from, const Part& winner, Effort& effort) {
    const auto rest = neither(winner.left, effort);
    auto left = rest ? both(from.left, *rest, effort) : std::nullopt;
    if (!left) return false;
    from.left = std::move(*left);
    return true;
}

/// Of rules that hold at once one decides: the others lose what they share with it. True when one did.
bool settle(std::vector<Part>& parts, const Filter& filter, const std::string& name, Effort& effort) {
    bool changed = false;
    for (auto a = parts.begin(); a != parts.end(); ++a) {
        for (auto b = a + 1; b != parts.end(); ++b) {
            if (a->action == b->action) continue;
            const auto answer = answer_to_both(filter, name, *a, *b);
            if (answer == a->action) changed |= take(*b, *a, effort);
            if (answer == b->action) changed |= take(*a, *b, effort);
        }
    }
    return changed;
}

/// Where one of the wanted answers is given; none where that cannot be said.
std::optional<Alternatives> where(const Answers& answers, const Wanted& wanted, Effort& effort) {
    Alternatives inside;
    Alternatives outside;
    for (const auto& one : answers.cases) append(wanted(one.action) ? inside : outside, one.when);
    return wanted(answers.otherwise) ? neither(outside, effort) : inside;
}

std::tuple<int, std::size_t> rank(Combination how, std::size_t profile, model::Action action) {
    if (how == Combination::all) return {static_cast<int>(action.kind), profile};
    if (model::refuses(action)) return {2, profile};
    return {action.kind == model::ActionKind::allow ? 0 : 1, 0};
}

bool implies(const Clause& a, const Clause& b, Effort& effort) {
    const auto other = neither({b}, effort);
    const auto rest = other ? both({a}, *other, effort) : std::nullopt;
    return rest && rest->empty();
}

/// Every value meets it.
bool asks_nothing(const model::Profile::Argument& test) {
    const bool empty_mask = test.op == model::Profile::Operator::masked_eq && test.value == 0 && test.value_two == 0;
    return empty_mask || condition_of(Clause{test}).always();
}

/// The same without what nothing meets, and without what another alternative holds already.
Alternatives tidied(Alternatives all, Effort& effort) {
    constexpr std::size_t kMostCompared = 48;
    std::erase_if(all, [](const Clause& clause) { return condition_of(clause).alternatives.empty(); });
    for (auto& clause : all) {
        std::erase_if(clause, asks_nothing);
        std::sort(clause.begin(), clause.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
    }
    std::set<std::string> seen;
    std::erase_if(all, [&](const Clause& clause) { return !seen.insert(describe(clause)).second; });
    if (seen.count("") != 0) return {Clause{}};
    if (all.size() > kMostCompared) return all;
    Alternatives kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
        // Of two that imply each other the first stays.
        bool said = std::any_of(kept.begin(), kept.end(),
                                [&](const Clause& clause) { return implies(all[i], clause, effort); });
        for (auto k = i + 1; k < all.size() && !said; ++k) {
            said = implies(all[i], all[k], effort) && !implies(all[k], all[i], effort);
        }
        if (!said) kept.push_back(all[i]);
    }
    const auto rest = neither(kept, effort);
    return rest && rest->empty() ? Alternatives{Clause{}} : kept;
}

bool same(const std::vector<Answers::Case>& a, const std::vector<Answers::Case>& b) {
    const auto words = [](const std::vector<Answers::Case>& cases) {
        std::set<std::pair<model::Action, std::string>> all;
        for (const auto& one : cases) {
            for (const auto& clause : one.when) all.emplace(one.action, describe(clause));
        }
        return all;
    };
    return words(a) == words(b);
}

class Combiner {
public:
    Combiner(const std::vector<Answers>& all, Combination how, model::Action fallback, Effort& effort)
        : all_{all}, how_{how}, fallback_{fallback}, effort_{effort} {}

    std::vector<Answers::Case> combine() {
        std::vector<model::Action> actions;
        for (const auto& answers : all_) {
            for (const auto& one : answers.cases) add(actions, one.action);
            add(actions, answers.otherwise);
        }
        std::vector<Answers::Case> cases;
        for (const auto action : actions) {
            auto when = tidied(where_it_counts(action), effort_);
            if (!when.empty()) cases.push_back({action, std::move(when)});
        }
        // What says whether a call happens finds its words before what says how it is refused.
        std::stable_partition(cases.begin(), cases.end(), [&](const Answers::Case& one) {
            return model::refuses(one.action) != model::refuses(fallback_);
        });
        // What a profile says in its own words was compiled already.
        const bool as_written = std::any_of(all_.begin(), all_.end(), [&](const Answers& answers) {
            return answers.as_written && same(answers.cases, cases);
        });
        if (!as_written) say_without_shared_tests(cases);
        return cases;
    }

private:
    void add(std::vector<model::Action>& actions, model::Action action) const {
        const bool known = std::find(actions.begin(), actions.end(), action) != actions.end();
        if (!known && action != fallback_) actions.push_back(action);
    }

    Alternatives where_it_counts(model::Action action) {
        Alternatives all;
        for (std::size_t i = 0; i < all_.size(); ++i) append(all, where_it_counts(action, i));
        return all;
    }

    /// Where the profile with this number gives the answer, and none of the others one that counts more.
    Alternatives where_it_counts(model::Action action, std::size_t by) {
        // What cannot be said must not make `any` refuse more, nor `all` permit more.
        const bool refuses = model::refuses(action);
        const bool too_much = refuses != model::refuses(fallback_) && refuses == (how_ == Combination::all);
        auto here = where(
            all_[by], [&](model::Action answer) { return answer == action; }, effort_);
        if (!here) {
            if (!too_much) return {};
            here = Alternatives{Clause{}};
        }
        for (std::size_t i = 0; i < all_.size() && !here->empty(); ++i) {
            if (i == by) continue;
            const auto left = where(
                all_[i], [&](model::Action answer) { return !prevails(how_, i, answer, by, action); }, effort_);
            auto joined = left ? both(*here, *left, effort_) : std::nullopt;
            if (joined) {
                here = std::move(joined);
            } else if (!too_much) {
                return {};
            }
        }
        return std::move(*here);
    }

    const std::vector<Answers>& all_;
    Combination how_;
    model::Action fallback_;
    Effort& effort_;
};

}  // namespace

bool prevails(Combination how, std::size_t i, model::Action a, std::size_t j, model::Action b) {
    return a != b && rank(how, i, a) < rank(how, j, b);
}

Answers answers_of(const Filter& filter, const CallRules* rules, Effort& effort) {
    Answers answers;
    answers.otherwise = default_action(*filter.profile());
    if (rules == nullptr) return answers;
    std::vector<Part> parts;
    for (const auto& [clause, action] : rules->alternatives) parts.push_back({action, condition_of(clause), {clause}});
    answers.as_written = !settle(parts, filter, rules->name.text, effort);
    for (const auto& part : parts) {
        auto known = std::find_if(answers.cases.begin(), answers.cases.end(),
                                  [&](const Answers::Case& one) { return one.action == part.action; });
        if (known == answers.cases.end()) known = answers.cases.insert(known, Answers::Case{part.action, {}});
        append(known->when, part.left);
    }
    return answers;
}

std::vector<Answers::Case> combined(const std::vector<Answers>& all_answers, Combination how, model::Action fallback,
                                    Effort& effort) {
    return Combiner{all_answers, how, fallback, effort}.combine();
}

}  // namespace callgate::profiles
