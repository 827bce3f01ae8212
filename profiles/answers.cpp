#include "profiles/answers.h"

#include "harness/bpf/example.h"
#include "harness/bpf/partition.h"
#include "harness/model/call.h"
#include "profiles/rule_condition.h"
#include "profiles/shared_tests.h"

#include <algorithm>
#include <cerrno>
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

/// A condition that asks for single values, as rules have it; none for any other.
std::optional<Alternatives> values_of(const bpf::Condition& condition) {
    constexpr std::uint64_t kMostValues = 64;
    if (condition.negated || condition.alternatives.size() != 1) return std::nullopt;
    Alternatives all{Clause{}};
    for (const auto& test : condition.alternatives.front()) {
        if (test.negated || test.field == bpf::Field::instruction_pointer) return std::nullopt;
        if ((test.mask & UINT32_MAX) != UINT32_MAX) return std::nullopt;
        const auto index = static_cast<unsigned>(test.field);
        Alternatives more;
        for (const auto& range : test.ranges) {
            const auto further = range.last - range.first;
            if (further >= kMostValues) return std::nullopt;
            for (std::uint64_t i = 0; i <= further; ++i) {
                for (auto clause : all) {
                    clause.push_back({index, range.first + i, 0, model::Profile::Operator::eq, {}});
                    more.push_back(std::move(clause));
                }
            }
        }
        if (more.size() > kMostValues) return std::nullopt;
        all = std::move(more);
    }
    return all;
}

/// Of a call that holds other calls, by asking the filter; none for any other call, or where that is too much to say.
std::optional<Answers> answers_of_holder(const Filter& filter, const std::string& name) {
    if (name != "ipc" && name != "socketcall") return std::nullopt;
    for (const auto arch : filter.archs()) {
        const auto nr = model::libseccomp_number(arch, name);
        if (!nr) continue;
        const auto regions = bpf::partition(filter.program(), model::audit_arch(arch), *nr);
        if (!regions) return std::nullopt;
        Answers answers;
        answers.as_written = false;
        std::optional<model::Action> otherwise;
        for (const auto& region : *regions) {
            const auto action = model::Action::from_return(region.returned);
            auto when = values_of(region.condition);
            if (when) {
                answers.cases.push_back({action, std::move(*when)});
            } else if (std::exchange(otherwise, action)) {
                return std::nullopt;
            }
        }
        answers.otherwise = otherwise.value_or(default_action(*filter.profile()));
        return answers;
    }
    return std::nullopt;
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
    Combiner(std::vector<Answers> all, Combination how, model::Action fallback, Effort& effort)
        : all_{std::move(all)}, how_{how}, fallback_{fallback}, effort_{effort} {}

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

    std::vector<Answers> all_;
    Combination how_;
    model::Action fallback_;
    Effort& effort_;
};

std::size_t clauses_in(const std::vector<Answers::Case>& cases) {
    std::size_t count = 0;
    for (const auto& one : cases) count += one.when.size();
    return count;
}

/// The same, where nothing but whether a call happens is told apart: `fallback` is one of the two answers.
std::vector<Answers> without_details(std::vector<Answers> all, Combination how, model::Action fallback) {
    // Of what is not as the fallback, what counts most.
    std::optional<std::pair<std::size_t, model::Action>> other;
    const auto consider = [&](std::size_t profile, model::Action action) {
        if (model::refuses(action) == model::refuses(fallback)) return;
        if (!other || prevails(how, profile, action, other->first, other->second)) other = {profile, action};
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const auto& one : all[i].cases) consider(i, one.action);
        consider(i, all[i].otherwise);
    }
    const auto simple = [&](model::Action action) {
        return other && model::refuses(action) != model::refuses(fallback) ? other->second : fallback;
    };
    for (auto& answers : all) {
        std::vector<Answers::Case> cases;
        answers.otherwise = simple(answers.otherwise);
        for (const auto& one : answers.cases) {
            const auto action = simple(one.action);
            if (action == answers.otherwise) continue;
            if (cases.empty()) cases.push_back({action, {}});
            append(cases.front().when, one.when);
        }
        answers.cases = std::move(cases);
        answers.as_written = false;
    }
    return all;
}

/// Whatever the arguments are: `any` permits the call, `all` refuses it.
std::vector<Answers::Case> of_the_name(const std::vector<Answers>& all, Combination how, model::Action fallback) {
    const bool refuse = how == Combination::all;
    if (model::refuses(fallback) == refuse) return {};
    for (const auto& answers : all) {
        for (const auto& one : answers.cases) {
            if (model::refuses(one.action) == refuse) return {{one.action, {Clause{}}}};
        }
    }
    const auto action =
        refuse ? model::Action{model::ActionKind::error, EPERM} : model::Action{model::ActionKind::allow, 0};
    return {{action, {Clause{}}}};
}

/// Avoids the rules that libseccomp does not come to an end with.
void say_in_other_words(std::vector<Answers::Case>& cases, model::Action fallback) {
    // What says whether a call happens finds its words before what says how it is refused.
    const auto order = cases;
    std::stable_partition(cases.begin(), cases.end(), [&](const Answers::Case& one) {
        return model::refuses(one.action) != model::refuses(fallback);
    });
    say_without_shared_tests(cases);
    // The order stays: libseccomp takes some rules in one order and calls them a contradiction in the other.
    const auto place = [&](const Answers::Case& one) {
        return std::find_if(order.begin(), order.end(),
                            [&](const Answers::Case& other) { return other.action == one.action; });
    };
    std::sort(cases.begin(), cases.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

}  // namespace

bool prevails(Combination how, std::size_t i, model::Action a, std::size_t j, model::Action b) {
    return a != b && rank(how, i, a) < rank(how, j, b);
}

Answers answers_of(const Filter& filter, const std::string& name, const CallRules* rules, Effort& effort) {
    if (auto asked = answers_of_holder(filter, name)) return std::move(*asked);
    Answers answers;
    answers.otherwise = default_action(*filter.profile());
    if (rules == nullptr) return answers;
    std::vector<Part> parts;
    for (const auto& [clause, action] : rules->alternatives) parts.push_back({action, condition_of(clause), {clause}});
    answers.as_written = !settle(parts, filter, name, effort);
    for (const auto& part : parts) {
        auto known = std::find_if(answers.cases.begin(), answers.cases.end(),
                                  [&](const Answers::Case& one) { return one.action == part.action; });
        if (known == answers.cases.end()) known = answers.cases.insert(known, Answers::Case{part.action, {}});
        append(known->when, part.left);
    }
    return answers;
}

std::vector<Answers::Case> combined(const std::vector<Answers>& all_answers, Combination how, model::Action fallback,
                                    Detail detail, Effort& effort) {
    constexpr std::size_t kMostClauses = 16;
    if (detail == Detail::name) return of_the_name(all_answers, how, fallback);
    std::vector<Answers::Case> cases;
    if (detail == Detail::answers) cases = Combiner{all_answers, how, fallback, effort}.combine();
    if (detail == Detail::permission || clauses_in(cases) > kMostClauses) {
        auto fewer = Combiner{without_details(all_answers, how, fallback), how, fallback, effort}.combine();
        if (detail == Detail::permission || clauses_in(fewer) < clauses_in(cases)) cases = std::move(fewer);
    }
    // What a profile says in its own words was compiled already.
    const bool as_written = std::any_of(all_answers.begin(), all_answers.end(), [&](const Answers& answers) {
        return answers.as_written && same(answers.cases, cases);
    });
    if (!as_written) say_in_other_words(cases, fallback);
    return cases;
}

}  // namespace callgate::profiles
