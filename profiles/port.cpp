#include "profiles/port.h"

#include "harness/core/printable.h"
#include "harness/model/call.h"
#include "harness/model/syscall_equivalents.h"
#include "harness/model/syscall_table.h"
#include "profiles/by_name.h"
#include "profiles/carry_over.h"
#include "profiles/clause_algebra.h"
#include "profiles/condition_words.h"
#include "profiles/rule_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;
using Kind = PortNote::Kind;

constexpr std::size_t kShown = 60;

bool same_tests(const Clause& a, const Clause& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.index == y.index && x.op == y.op && x.value == y.value && x.value_two == y.value_two;
    });
}

/// Calls of one name that a rule answers.
struct Piece {
    Clause clause;
    Profile::ActionName action = Profile::ActionName::allow;
    std::optional<std::uint16_t> errno_ret;
};

model::Action action_of(const Piece& piece) {
    return resolve(piece.action, piece.errno_ret);
}

/// A piece that is made there in place of a call that the profile names.
struct Prediction {
    Profile::Name name;  ///< the call that the profile names
    Counterpart counterpart;
    Piece piece;
};

class Porter {
public:
    Porter(const Profile& profile, model::Arch from, model::Arch to) : profile_{profile}, from_{from}, to_{to} {
        result_.profile = profile;
        result_.profile.rules.clear();
        result_.profile.native = to;
        result_.profile.architectures = {to};
    }

    core::Result<Ported> port() {
        say_other_architectures();
        for (const auto& rule : profile_.rules) keep(rule);
        say_names_of_neither();
        predict();
        for (const auto& prediction : predictions_) place(prediction);
        return std::move(result_);
    }

private:
    [[nodiscard]] std::string there() const { return model::arch_name(to_); }
    [[nodiscard]] std::string here() const { return model::arch_name(from_); }

    void say(Kind kind, const core::Span& span, std::string text) {
        result_.notes.push_back({kind, span, std::move(text)});
    }

    void say_other_architectures() {
        std::vector<std::string> others;
        for (const auto arch : effective_archs(profile_)) {
            if (arch != from_ && arch != to_) others.push_back(model::arch_name(arch));
        }
        if (others.empty()) return;
        say(Kind::dropped, profile_.default_action_span,
            fmt::format("{}: only what {} has is carried over", fmt::join(others, ", "), here()));
    }

    /// The rule for those of its names that both architectures have.
    void keep(const Profile::Rule& rule) {
        auto kept = rule;
        kept.names.clear();
        for (const auto& name : rule.names) {
            if (!is_there(name.text)) {
                if (!model::table_number(from_, name.text)) neither_.insert(core::shortened(name.text, kShown));
                continue;
            }
            if (!is_on(from_, name.text)) {
                say(Kind::kept, name.span,
                    fmt::format("{}: {} has no such call, so that the rule is in force on {} only", name.text, here(),
                                there()));
                kept.names.push_back(name);
                continue;
            }
            if (said_.insert(name.text).second) ++result_.kept;
            if (keeps_its_filters(rule, name)) kept.names.push_back(name);
        }
        if (kept.names.empty()) return;
        if (counts(profile_, kept)) {
            for (const auto& name : kept.names) {
                for (const auto& clause : clauses(kept)) {
                    placed_[name.text].push_back({clause, kept.action, kept.errno_ret});
                }
            }
        }
        result_.profile.rules.push_back(std::move(kept));
    }

    static bool is_on(model::Arch arch, const std::string& name) {
        return model::table_number(arch, name).has_value() || model::subcall(arch, name).has_value();
    }
    [[nodiscard]] bool is_there(const std::string& name) const { return is_on(to_, name); }

    /// True when the rule's argument filters mean the same there. Otherwise they were placed as what they are there.
    bool keeps_its_filters(const Profile::Rule& rule, const Profile::Name& name) {
        if (rule.args.empty()) return true;
        const bool refuses = model::refuses(profiles::action_of(rule));
        const auto before = clauses(rule);
        std::vector<CarriedClause> after;
        bool same = true;
        for (const auto& clause : before) {
            after.push_back(carry_over(clause, same_call(from_, to_, name.text), refuses));
            same =
                same && after.back().clause && after.back().losses.empty() && same_tests(*after.back().clause, clause);
        }
        if (same) return true;
        for (std::size_t i = 0; i < after.size(); ++i) {
            say_losses(name, name.text, after[i], refuses);
            if (!after[i].clause) continue;
            const Piece piece{*after[i].clause, rule.action, rule.errno_ret};
            add_rule(name, name.text, piece, fmt::format("argument filters carried over from {}", here()));
            say(Kind::predicted, name.span,
                fmt::format("{}{}: the filter of {} on {}", name.text, when(name.text, piece.clause), here(), there()));
        }
        return false;
    }

    void say_losses(const Profile::Name& name, std::string_view call, const CarriedClause& carried, bool refuses) {
        for (const auto& loss : carried.losses) {
            const auto what = refuses ? fmt::format("{} is refused whatever that argument is", call)
                                      : fmt::format("{} is not permitted by this filter", call);
            say(Kind::stricter, name.span, fmt::format("{}: {}", loss, what));
        }
    }

    void say_names_of_neither() {
        if (neither_.empty()) return;
        say(Kind::dropped, profile_.default_action_span,
            fmt::format("neither {} nor {} has {}", here(), there(), fmt::join(neither_, ", ")));
    }

    void predict() {
        for (const auto& call : by_name(profile_)) {
            const auto& name = call.name.text;
            if (!is_on(from_, name)) continue;
            const auto found = counterparts(from_, to_, name);
            if (!is_there(name)) {
                ++result_.lost;
                say_lost(call.name, found);
            }
            for (const auto& counterpart : found) {
                for (const auto& alternative : call.alternatives) predict(call.name, counterpart, alternative);
            }
        }
        // What refuses is placed first: what permits then takes what is left.
        std::stable_partition(predictions_.begin(), predictions_.end(),
                              [](const Prediction& one) { return model::refuses(action_of(one.piece)); });
    }

    void say_lost(const Profile::Name& name, const std::vector<Counterpart>& found) {
        if (!found.empty()) return;
        const auto instead = model::equivalent(to_, name.text);
        if (instead && !instead->names.empty()) {
            return say(Kind::lost, name.span,
                       fmt::format("{}: {} does part of it on {}, or more than it: not carried over", name.text,
                                   fmt::join(instead->names, ", "), there()));
        }
        say(Kind::lost, name.span,
            instead ? fmt::format("{}: nothing takes its place on {}: {}", name.text, there(), instead->why)
                    : fmt::format("{}: nothing is known that takes its place on {}", name.text, there()));
    }

    void predict(const Profile::Name& name, const Counterpart& counterpart, const CallRules::Alternative& alternative) {
        const bool refuses = model::refuses(alternative.action);
        // What is only made beside the call that does the work has other uses.
        if (refuses && counterpart.helps) return;
        auto carried = carry_over(alternative.clause, {from_, to_, name.text, counterpart}, refuses);
        say_losses(name, counterpart.name, carried, refuses);
        if (!carried.clause) return;
        const auto [action, errno_ret] = spelled(alternative.action);
        predictions_.push_back({name, counterpart, {std::move(*carried.clause), action, errno_ret}});
    }

    /// As a rule of the profile spells it.
    [[nodiscard]] std::pair<Profile::ActionName, std::optional<std::uint16_t>> spelled(model::Action action) const {
        for (const auto& rule : profile_.rules) {
            if (profiles::action_of(rule) == action) return {rule.action, rule.errno_ret};
        }
        return {profile_.default_action, profile_.default_errno_ret};
    }

    [[nodiscard]] std::string when(std::string_view call, const Clause& clause) const {
        if (clause.empty()) return {};
        Profile::Rule rule;
        rule.args = clause;
        model::Call example;
        example.audit_arch = model::audit_arch(to_);
        example.nr = model::table_number(to_, call).value_or(-1);
        return " where " + condition_words(example, condition_of(rule));
    }

    void add_rule(const Profile::Name& from, std::string_view call, const Piece& piece, std::string_view why) {
        Profile::Rule rule;
        rule.names = {{std::string{call}, from.span}};
        rule.action = piece.action;
        rule.errno_ret = piece.errno_ret;
        rule.args = piece.clause;
        rule.span = from.span;
        rule.comment = fmt::format("{}: {}", kPredicted, why);
        placed_[std::string{call}].push_back(piece);
        result_.profile.rules.push_back(std::move(rule));
        ++result_.added;
    }

    /// The part of a prediction that nothing placed before answers.
    void place(const Prediction& prediction) {
        const auto& name = prediction.name;
        const auto& piece = prediction.piece;
        const auto& counterpart = prediction.counterpart;
        const auto call = std::string{counterpart.name};
        const auto reason = model::table_number(to_, name.text)
                                ? fmt::format("beside {}: {}", name.text, counterpart.why)
                                : fmt::format("in place of {}: {}", name.text, counterpart.why);
        const auto line = fmt::format("{}{}, {}", call, when(call, piece.clause), reason);
        const auto& before = placed_[call];
        if (is_covered(piece, before)) return say(Kind::covered, name.span, line);
        Alternatives others;
        for (const auto& other : before) {
            if (action_of(other) != action_of(piece)) others.push_back(other.clause);
        }
        if (others.empty()) {
            say(Kind::predicted, name.span, line);
            return add_rule(name, call, piece, reason);
        }
        const auto rest = neither(others, effort_);
        const auto left = rest ? both({piece.clause}, *rest, effort_) : std::nullopt;
        if (left) return place_rest(prediction, line, reason, *left);
        const bool refuses = model::refuses(action_of(piece));
        say(Kind::stricter, name.span,
            fmt::format("{}: no rule can leave out what other rules say of {}, which is {}", line, call,
                        refuses ? "refused whatever its arguments are" : "not permitted"));
        if (refuses) add_rule(name, call, {{}, piece.action, piece.errno_ret}, reason);
    }

    /// True when rules that say the same leave nothing of it over.
    bool is_covered(const Piece& piece, const std::vector<Piece>& before) {
        Alternatives alike;
        for (const auto& other : before) {
            if (action_of(other) == action_of(piece)) alike.push_back(other.clause);
        }
        const auto rest = neither(alike, effort_);
        const auto left = rest ? both({piece.clause}, *rest, effort_) : std::nullopt;
        return left && left->empty();
    }

    void place_rest(const Prediction& prediction, const std::string& line, const std::string& reason,
                    const Alternatives& left) {
        const auto call = prediction.counterpart.name;
        if (left.empty())
            return say(Kind::stricter, prediction.name.span, fmt::format("{}; other rules for {} stay", line, call));
        say(Kind::predicted, prediction.name.span, fmt::format("{}, but for what other rules for {} say", line, call));
        for (const auto& clause : left) {
            add_rule(prediction.name, call, {clause, prediction.piece.action, prediction.piece.errno_ret}, reason);
        }
    }

    const Profile& profile_;
    model::Arch from_;
    model::Arch to_;
    Ported result_;
    std::set<std::string> said_;
    std::set<std::string> neither_;
    std::vector<Prediction> predictions_;
    std::map<std::string, std::vector<Piece>> placed_;  ///< the pieces of each call there
    Effort effort_;
};

}  // namespace

std::string_view name_of(PortNote::Kind kind) {
    switch (kind) {
        case Kind::predicted:
            return "predicted";
        case Kind::covered:
            return "covered";
        case Kind::stricter:
            return "stricter";
        case Kind::lost:
            return "lost";
        case Kind::kept:
            return "kept";
        case Kind::dropped:
            return "left out";
    }
    return "predicted";
}

model::Arch made_on(const Profile& profile) {
    if (profile.native) return *profile.native;
    const auto& listed = profile.architectures;
    const auto own = model::native_arch();
    const bool lists_own = listed.empty() || std::find(listed.begin(), listed.end(), own) != listed.end();
    return lists_own ? own : listed.front();
}

core::Result<Ported> port(const Profile& profile, model::Arch from, model::Arch to) {
    if (from == to) {
        return core::fail(fmt::format("{} is a profile for {} already", profile.name, model::arch_name(to)));
    }
    return Porter{profile, from, to}.port();
}

}  // namespace callgate::profiles
