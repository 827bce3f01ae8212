#include "profiles/lint/subject.h"

#include "harness/bpf/example.h"
#include "harness/model/syscall_table.h"
#include "profiles/compile.h"
#include "profiles/resolve.h"
#include "profiles/semantics.h"

#include <utility>

namespace callgate::profiles {

LintSubject::LintSubject(model::Profile written, const document::Node* root, std::optional<Target> target, bool asked)
    : written_{std::move(written)},
      target_{std::move(target)},
      asked_{asked},
      profile_{target_ ? resolve(written_, *target_).profile : written_},
      root_{root},
      archs_{effective_archs(profile_)} {
    auto compiled = asked_ ? install(profile_, *target_) : compile(profile_);
    if (compiled) {
        filter_.emplace(profile_, std::move(compiled->program));
    } else {
        failure_ = compiled.error().message;
    }
}

const std::vector<bpf::Region>& LintSubject::regions(model::Arch arch, std::string_view name) const {
    static const std::vector<bpf::Region> kNone;
    const auto nr = model::table_number(arch, name);
    if (!filter_ || !nr) return kNone;
    const auto audit_arch = model::audit_arch(arch);
    const auto [known, is_new] = regions_.try_emplace({audit_arch, *nr});
    auto& found = known->second;
    if (!is_new) return found;
    if (!whole_) {
        auto whole = bpf::partition(filter_->program());
        whole_ = whole ? std::move(*whole) : std::vector<bpf::Region>{};
    }
    if (whole_->empty()) {
        if (auto single = bpf::partition(filter_->program(), audit_arch, *nr)) found = std::move(*single);
        return found;
    }
    for (const auto& region : *whole_) {
        if (!bpf::contains(region.calls, audit_arch, *nr)) continue;
        auto witness = region.witness;
        witness.audit_arch = audit_arch;
        witness.nr = *nr;
        found.push_back({{}, region.condition, region.returned, witness});
    }
    return found;
}

std::optional<model::Call> LintSubject::find(model::Arch arch, std::string_view name, bool refused,
                                             const bpf::Condition& condition) const {
    for (const auto& region : regions(arch, name)) {
        if (model::refuses(model::Action::from_return(region.returned)) != refused) continue;
        if (condition.always()) return region.witness;
        auto example = bpf::example(region.condition, condition);
        if (!example) continue;
        example->audit_arch = region.witness.audit_arch;
        example->nr = region.witness.nr;
        return example;
    }
    return std::nullopt;
}

std::optional<model::Call> LintSubject::permitted(model::Arch arch, std::string_view name,
                                                  const bpf::Condition& condition) const {
    return find(arch, name, false, condition);
}

std::optional<model::Call> LintSubject::refused(model::Arch arch, std::string_view name) const {
    return find(arch, name, true, {{{}}});
}

core::Span LintSubject::place_of(const model::Call& call) const {
    if (!filter_) return profile_.span;
    const auto decider = filter_->decider(call);
    return decider.by == Decider::By::rule ? name_of(decider.entry).span : profile_.default_action_span;
}

std::size_t LintSubject::decider_of(const model::Call& call) const {
    if (!filter_) return 0;
    const auto decider = filter_->decider(call);
    return decider.by == Decider::By::rule ? decider.entry.rule + 1 : 0;
}

const std::vector<EntryUse>& LintSubject::uses() const {
    if (!uses_) uses_ = entry_uses(profile_, archs_, filter_.has_value());
    return *uses_;
}

}  // namespace callgate::profiles
