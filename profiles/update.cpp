#include "profiles/update.h"

#include "harness/core/diagnostics.h"
#include "harness/model/call.h"
#include "profiles/attribute.h"
#include "profiles/compile.h"
#include "profiles/load.h"
#include "profiles/permission.h"
#include "profiles/recorded.h"
#include "profiles/repair.h"
#include "profiles/rewrite.h"
#include "profiles/seen_call.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;
using Names = std::set<std::string>;

constexpr std::string_view kKeep = "keep:";

std::optional<std::string> reason_to_keep(const Profile::Rule& rule) {
    if (rule.comment.rfind(kKeep, 0) != 0) return std::nullopt;
    const auto begin = rule.comment.find_first_not_of(' ', kKeep.size());
    return begin == std::string::npos ? std::string{} : rule.comment.substr(begin);
}

Names names_of(const model::Evidence& evidence) {
    Names names;
    for (const auto& call : evidence.calls) names.insert(call.syscall);
    return names;
}

/// Each call with each of its values, as filters see it.
std::vector<model::Call> calls_of(const model::Evidence& evidence) {
    std::vector<model::Call> calls;
    for (const auto& call : evidence.calls) {
        const auto arch = arch_called(call.arch);
        if (!arch) continue;
        const auto audit_arch = model::audit_arch(*arch);
        if (call.values.empty() || call.untold > 0) calls.push_back(seen_call(audit_arch, call.nr, {}).first);
        for (const auto& values : call.values) calls.push_back(seen_call(audit_arch, call.nr, values.values).first);
    }
    return calls;
}

class Updater {
public:
    Updater(const Profile& profile, const Lock& before, const model::Evidence& now,
            const std::vector<LockedReason>& needed)
        : profile_{profile}, recorded_before_{names_of(before.evidence)}, recorded_now_{names_of(now)}, now_{now} {
        for (const auto& reason : needed) needed_.insert(reason.syscall);
        for (const auto& reason : before.reasons) needed_before_.insert(reason.syscall);
    }

    core::Result<UpdatedProfile> update() {
        if (auto found = find_pinned(); !found) return core::fail(found.error());
        updated_.text = profile_.span.source->text;
        if (auto gone = take_out(); !gone) return core::fail(gone.error());
        const auto smaller = read_again();
        if (!smaller) return core::fail(smaller.error());
        if (auto added = permit_what_is_new(*smaller); !added) return core::fail(added.error());
        return std::move(updated_);
    }

private:
    core::Status find_pinned() {
        for (const auto& rule : profile_.rules) {
            const auto reason = reason_to_keep(rule);
            if (!reason) continue;
            if (reason->empty()) {
                return core::fail(fmt::format("{}: the rule is kept without a reason: \"comment\": \"keep: WHY\"",
                                              file_and_line(rule.span)));
            }
            for (const auto& name : rule.names) {
                pinned_.insert(name.text);
                if (permits(rule)) updated_.kept.push_back({name.text, "kept", *reason});
            }
        }
        return {};
    }

    /// What nobody makes any more, and of the soft refusals what is made now.
    core::Status take_out() {
        Changes changes;
        Names gone;
        for (std::size_t r = 0; r < profile_.rules.size(); ++r) {
            const auto& rule = profile_.rules[r];
            for (std::size_t n = 0; n < rule.names.size(); ++n) {
                const auto& name = rule.names[n].text;
                if (is_soft_refusal(rule) && recorded_now_.count(name) != 0) changes.removed_names[r].insert(n);
                if (!permits(rule) || !is_gone(rule.names[n])) continue;
                changes.removed_names[r].insert(n);
                gone.insert(name);
            }
        }
        refuse_softly(gone, changes);
        if (changes.empty()) return {};
        const auto edits = rewrite(profile_, changes);
        if (!edits) return core::fail(edits.error());
        updated_.text = apply_edits(updated_.text, *edits);
        updated_.removed.assign(gone.begin(), gone.end());
        return {};
    }

    bool is_gone(const Profile::Name& name) {
        const auto& text = name.text;
        if (recorded_now_.count(text) != 0 || pinned_.count(text) != 0 || needed_.count(text) != 0) return false;
        if (recorded_before_.count(text) != 0 || needed_before_.count(text) != 0) return true;
        note(
            fmt::format("{} is permitted at {} and was never recorded: it stays; a comment \"keep: WHY\" of its rule "
                        "says that it is meant",
                        text, file_and_line(name.span)));
        return false;
    }

    /// What libraries try first goes back to the rule that answers so that they fall back, where there is one.
    void refuse_softly(const Names& gone, Changes& changes) const {
        const auto soft = std::find_if(profile_.rules.begin(), profile_.rules.end(), is_soft_refusal);
        if (soft == profile_.rules.end()) return;
        const auto fallback = calls_with_fallback();
        const auto rule = static_cast<std::size_t>(soft - profile_.rules.begin());
        for (const auto& name : gone) {
            if (fallback.count(name) != 0) changes.added_names[rule].insert(name);
        }
    }

    core::Result<Profile> read_again() const {
        core::Diagnostics diagnostics;
        const auto source = std::make_shared<const core::SourceText>(core::SourceText{profile_.name, updated_.text});
        auto profile = load(source, diagnostics);
        if (!profile) {
            return core::fail(diagnostics.all().empty() ? profile_.name + ": cannot be read after it was changed"
                                                        : diagnostics.all().front().message);
        }
        return std::move(*profile);
    }

    core::Status permit_what_is_new(const Profile& smaller) {
        const Attribution attribution{smaller};
        std::vector<model::Call> calls;
        for (const auto& call : calls_of(now_)) {
            const auto place = refused_on_purpose(smaller, attribution, call);
            if (!place) {
                calls.push_back(call);
                continue;
            }
            note(fmt::format("{} is made, and {} refuses it: that is left as it is",
                             model::syscall_name(call.audit_arch, call.nr), file_and_line(*place)));
        }
        auto proposal = repair(smaller, calls);
        if (!proposal.complete) {
            return core::fail(proposal.notes.empty() ? profile_.name + ": cannot be changed" : proposal.notes.front());
        }
        for (auto& text : proposal.notes) note(std::move(text));
        updated_.text = std::move(proposal.text);
        updated_.added = std::move(proposal.added);
        return {};
    }

    /// Where a rule other than the soft refusal says by name that the call is refused: in the filter, or as the default
    /// action does, in which case runtimes leave the rule out.
    static std::optional<core::Span> refused_on_purpose(const Profile& profile, const Attribution& attribution,
                                                        const model::Call& call) {
        const auto refuses = [](const Profile::Rule& rule) { return !permits(rule) && !is_soft_refusal(rule); };
        if (const auto entry = attribution.decider(call)) {
            const auto& rule = profile.rules[entry->rule];
            return refuses(rule) ? std::optional{rule.names[entry->name].span} : std::nullopt;
        }
        const auto name = model::syscall_name(call.audit_arch, call.nr);
        for (const auto& rule : profile.rules) {
            if (!refuses(rule) || !matches(rule, call)) continue;
            for (const auto& one : rule.names) {
                if (one.text == name) return one.span;
            }
        }
        return std::nullopt;
    }

    /// The rule that recorded profiles have for calls which C libraries fall back from.
    static bool is_soft_refusal(const Profile::Rule& rule) { return rule.comment == kSoftRefusal; }

    void note(std::string text) {
        auto& notes = updated_.notes;
        if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(std::move(text));
    }

    const Profile& profile_;
    Names recorded_before_;
    Names recorded_now_;
    const model::Evidence& now_;
    Names needed_;
    Names needed_before_;
    Names pinned_;
    UpdatedProfile updated_;
};

}  // namespace

core::Result<UpdatedProfile> update(const model::Profile& profile, const Lock& before, const model::Evidence& now,
                                    const std::vector<LockedReason>& needed) {
    return Updater{profile, before, now, needed}.update();
}

}  // namespace callgate::profiles
