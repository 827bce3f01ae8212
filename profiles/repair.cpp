#include "profiles/repair.h"

#include "harness/bpf/evaluate.h"
#include "harness/document/node.h"
#include "profiles/compile.h"
#include "profiles/load.h"
#include "profiles/plan_repair.h"
#include "profiles/rewrite.h"
#include "profiles/semantics.h"
#include "profiles/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

bool refused_by(const bpf::Program& program, const model::Call& call) {
    return model::refuses(model::Action::from_return(bpf::evaluate(program, call)));
}

class Repairer {
public:
    using Resolve = std::function<model::Profile(const model::Profile&)>;

    Repairer(const model::Profile& profile, const Resolve& resolve) : profile_{profile}, resolve_{resolve} {
        proposal_.profile = profile.name;
        if (profile.span.known()) proposal_.text = profile.span.source->text;
    }

    model::Proposal repair(std::span<const model::Call> refused) {
        const auto now = compile(profile_);
        if (!now) {
            give_up(now.error().message);
            return std::move(proposal_);
        }
        for (const auto& call : refused) {
            if (refused_by(now->program, call)) take(call);
        }
        std::sort(proposal_.added.begin(), proposal_.added.end());
        if (changes_.empty()) return std::move(proposal_);
        const auto edits = rewrite(profile_, changes_);
        if (!edits) {
            give_up(edits.error().message);
            proposal_.added.clear();
            return std::move(proposal_);
        }
        const auto before = std::exchange(proposal_.text, apply_edits(proposal_.text, *edits));
        proposal_.diff = unified_diff(profile_.name, before, *edits);
        verify(refused);
        return std::move(proposal_);
    }

private:
    void give_up(std::string why) {
        proposal_.complete = false;
        note(std::move(why));
    }

    void note(std::string text) {
        auto& notes = proposal_.notes;
        if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(std::move(text));
    }

    void take(const model::Call& call) {
        const auto plan = plan_repair(profile_, call);
        for (const auto& text : plan.notes) note(text);
        if (!plan.possible) {
            proposal_.complete = false;
            return;
        }
        auto& architectures = changes_.architectures;
        if (plan.arch && std::find(architectures.begin(), architectures.end(), *plan.arch) == architectures.end()) {
            architectures.push_back(*plan.arch);
        }
        for (const auto& [rule, name] : plan.removals) changes_.removed_names[rule].insert(name);
        if (plan.add && plan.target) changes_.added_names[*plan.target].insert(plan.name);
        if (plan.add && !plan.target) changes_.new_rule.insert(plan.name);
        auto& added = proposal_.added;
        if (std::find(added.begin(), added.end(), plan.name) == added.end()) added.push_back(plan.name);
    }

    /// The new text is trusted no more than any other: it is read and compiled again.
    void verify(std::span<const model::Call> refused) {
        core::Diagnostics diagnostics;
        const auto source = std::make_shared<const core::SourceText>(core::SourceText{profile_.name, proposal_.text});
        const auto repaired = load(source, diagnostics);
        if (!repaired) {
            const auto& all = diagnostics.all();
            return give_up(fmt::format("the repaired profile cannot be read: {}",
                                       all.empty() ? std::string{"no reason is known"} : all.front().message));
        }
        const auto compiled = compile(resolve_ ? resolve_(*repaired) : *repaired);
        if (!compiled) return give_up(compiled.error().context("the repaired profile does not compile").message);
        for (const auto& call : refused) {
            const auto name = model::syscall_name(call.audit_arch, call.nr);
            if (!refused_by(compiled->program, call) || !model::libseccomp_knows(name)) continue;
            give_up(fmt::format("{} on {} is still refused: the change is not enough", name,
                                model::arch_name(model::arch_of_call(call.audit_arch, call.nr))));
        }
    }

    const model::Profile& profile_;
    const Resolve& resolve_;
    Changes changes_;
    model::Proposal proposal_;
};

}  // namespace

model::Proposal repair(const model::Profile& profile, std::span<const model::Call> refused,
                       const std::function<model::Profile(const model::Profile&)>& resolve) {
    return Repairer{profile, resolve}.repair(refused);
}

}  // namespace callgate::profiles
