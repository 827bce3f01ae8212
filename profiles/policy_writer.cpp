#include "profiles/policy_writer.h"

#include "harness/core/printable.h"
#include "harness/model/call.h"
#include "profiles/by_name.h"
#include "profiles/clause_algebra.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace callgate::profiles {

namespace {

using model::ActionKind;
using model::Profile;

constexpr std::size_t kShown = 60;

std::string atoms(const Profile::Argument& test) {
    if (test.op != Profile::Operator::masked_eq)
        return fmt::format("arg{} {} {:#x}", test.index, sign_of(test.op), test.value);
    // Each bit that must be set by itself, since `&` asks for any; those that must not be set together.
    std::vector<std::string> parts;
    for (const auto& clause : any_bit(test.index, test.value & test.value_two))
        parts.push_back(fmt::format("arg{} & {:#x}", test.index, clause.front().value));
    const auto clear = test.value & ~test.value_two;
    if (clear != 0 || parts.empty()) parts.push_back(fmt::format("arg{} in {:#x}", test.index, ~clear));
    return fmt::format("{}", fmt::join(parts, " && "));
}

std::string expression(const Alternatives& alternatives) {
    std::vector<std::string> groups;
    for (const auto& clause : alternatives) {
        std::vector<std::string> parts;
        for (const auto& test : clause) parts.push_back(atoms(test));
        groups.push_back(fmt::format("{}", fmt::join(parts, " && ")));
    }
    return fmt::format("{}", fmt::join(groups, " || "));
}

/// A test that can never hold has no words: a mask whose datum has bits outside of it.
bool can_hold(const Clause& clause) {
    return std::none_of(clause.begin(), clause.end(), [](const Profile::Argument& test) {
        return test.op == Profile::Operator::masked_eq && (test.value_two & ~test.value) != 0;
    });
}

class Writer {
public:
    explicit Writer(const Profile& profile)
        : profile_{profile}, fallback_{default_action(profile)}, denylist_{!model::refuses(fallback_)} {}

    Written write() {
        check_head();
        if (denylist_) written_.text = "@denylist\n";
        for (const auto& call : by_name(profile_)) take(call);
        return std::move(written_);
    }

private:
    void lose(const core::Span& span, std::string_view what) { written_.losses.push_back(at(span, what)); }

    void check_head() {
        if (fallback_.kind == ActionKind::log) {
            lose(profile_.default_action_span,
                 "a policy of minijail does not log: other calls are permitted without a record");
        } else if (!denylist_ && fallback_.kind != ActionKind::kill_process) {
            lose(profile_.default_action_span,
                 fmt::format("a policy of minijail has no default action: other calls end the process instead of {}",
                             model::describe(fallback_)));
        }
        if (effective_archs(profile_).size() > 1)
            written_.losses.push_back(
                "a policy of minijail is for one architecture: calls of the others end the process");
        if (profile_.flags || profile_.listener_path)
            written_.losses.push_back("a policy of minijail has neither flags nor a listener");
    }

    /// What the alternatives permit, or none where that does not come out of them alone.
    void take(const CallRules& call) {
        if (!model::syscall_number(profile_.native.value_or(model::native_arch()), call.name.text)) {
            if (!model::known_syscall(call.name.text)) {
                lose(call.name.span,
                     fmt::format("minijail refuses a policy with names that it does not know: {} is left out",
                                 core::shortened(call.name.text, kShown)));
            }
            return;  // that calls of other architectures end the process is said for all of them
        }
        Alternatives permitted;
        Alternatives refused;
        std::optional<model::Action> refusal;
        bool several = false;
        for (const auto& [clause, action] : call.alternatives) {
            if (!can_hold(clause)) continue;
            if (action.kind == ActionKind::log) {
                lose(call.name.span, fmt::format("a policy of minijail does not log: {} is permitted without a record",
                                                 call.name.text));
            }
            if (!model::refuses(action)) {
                permitted.push_back(clause);
                continue;
            }
            refused.push_back(clause);
            several = several || (refusal && *refusal != action);
            refusal = action;
        }
        if (refused.empty()) return permit(call, permitted);
        if (call.unconditional()) return line(call, words_of_refusal(call, *refusal));
        refuse(call, permitted, refused, several ? model::Action{ActionKind::kill_process, 0} : *refusal, several);
    }

    void permit(const CallRules& call, const Alternatives& permitted) {
        if (denylist_ || permitted.empty()) return;
        if (permitted.front().empty()) return line(call, "1");
        // What the expression does not hold for gets what the profile's default says.
        const auto errno_word = fallback_.kind == ActionKind::error ? "; " + words_of_refusal(call, fallback_) : "";
        line(call, expression(permitted) + errno_word);
    }

    /// Some arguments are refused otherwise than the default says.
    void refuse(const CallRules& call, const Alternatives& permitted, const Alternatives& refused,
                model::Action refusal, bool several) {
        std::optional<Alternatives> rest;
        if (denylist_ && permitted.empty() && !several) rest = neither(refused, effort_);
        if (rest && !rest->empty()) return line(call, expression(*rest) + "; " + words_of_refusal(call, refusal));
        lose(call.name.span,
             fmt::format("a policy of minijail has one refusal for a call and one expression: {} is refused "
                         "whatever its arguments are",
                         call.name.text));
        line(call, words_of_refusal(call, refusal));
    }

    std::string words_of_refusal(const CallRules& call, model::Action action) {
        if (action.kind == ActionKind::error && action.data != 0) return fmt::format("return {}", action.data);
        if (action.kind != ActionKind::kill_process) {
            lose(call.name.span, fmt::format("a policy of minijail has no {}: {} ends the process",
                                             model::describe(action), call.name.text));
        }
        return "return";
    }

    void line(const CallRules& call, const std::string& text) {
        written_.text += fmt::format("{}: {}\n", call.name.text, text);
    }

    const Profile& profile_;
    model::Action fallback_;
    bool denylist_;
    Effort effort_;
    Written written_;
};

}  // namespace

core::Result<Written> write_policy(const Profile& profile) {
    return Writer{profile}.write();
}

}  // namespace callgate::profiles
