#include "harness/cli/candidate.h"

#include "harness/bpf/evaluate.h"
#include "harness/cli/resolved.h"
#include "harness/core/sha256.h"
#include "profiles/attribute.h"
#include "profiles/exact_rule.h"
#include "profiles/program_bytes.h"

#include <fmt/format.h>

#include <linux/seccomp.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace callgate::cli {

namespace {

/// What an engine::Candidate says about its refusals. Safe to use from any thread.
class Explainer {
public:
    Explainer(std::shared_ptr<const model::Profile> profile, bpf::Program program)
        : profile_{std::move(profile)}, attribution_{*profile_}, program_{std::move(program)} {}

    void explain(model::Violation& violation) {
        const auto action = model::Action::from_return(bpf::evaluate(program_, violation.call));
        violation.rule = attribution_.rule_of(violation.call, action);
        violation.fix = profiles::fix_of(*profile_, violation.call);
        violation.exact_rule = exact_rule(violation);
    }

private:
    /// Architecture, number, filtered arguments (the others 0), and which they are.
    using Question = std::tuple<std::uint32_t, std::int32_t, std::array<std::uint64_t, 6>, std::uint8_t>;

    /// To prove a rule is to compile the profile: once for all call sites that want the same one, and no more when a
    /// profile that takes seconds has taken too many of them.
    std::string exact_rule(const model::Violation& violation) {
        constexpr std::chrono::seconds kMostTime{5};
        const auto& call = violation.call;
        auto values = call.args;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if ((violation.filterable >> i & 1U) == 0) values.at(i) = 0;
        }
        const std::lock_guard lock{mutex_};
        const auto [known, is_new] =
            exact_rules_.try_emplace(Question{call.audit_arch, call.nr, values, violation.filterable});
        if (is_new && spent_ < kMostTime) {
            const auto began = std::chrono::steady_clock::now();
            known->second = profiles::exact_rule(*profile_, violation.call, violation.filterable);
            spent_ += std::chrono::steady_clock::now() - began;
        }
        return known->second;
    }

    std::shared_ptr<const model::Profile> profile_;
    profiles::Attribution attribution_;
    bpf::Program program_;
    std::mutex mutex_;
    std::map<Question, std::string> exact_rules_;
    std::chrono::steady_clock::duration spent_{0};
};

std::optional<LoadedCandidate> compiled_candidate(bpf::Program program, const std::string& name) {
    auto text = profiles::program_bytes(program);
    // SPEC_ALLOW is what runtimes ask for unless they are told otherwise.
    auto candidate = std::make_shared<const engine::Candidate>(
        engine::Candidate{name, std::move(program), SECCOMP_FILTER_FLAG_SPEC_ALLOW, [](model::Violation&) {}});
    return LoadedCandidate{nullptr, std::move(candidate), {name, core::sha256(text)}, nullptr};
}

}  // namespace

std::optional<LoadedCandidate> load_candidate(const std::string& path, const std::string& name, const core::Span& from,
                                              const ProfileOptions& options, core::Diagnostics& diagnostics) {
    auto content = load_resolved(path, name, from, options, diagnostics);
    if (!content) return std::nullopt;
    if (auto* program = std::get_if<bpf::Program>(&*content)) return compiled_candidate(std::move(*program), name);
    auto& resolved = std::get<Resolved>(*content);
    auto compiled = resolved.compile();
    if (!compiled) {
        diagnostics.error(from, compiled.error().message);
        return std::nullopt;
    }
    auto resolve = resolved.resolver();
    auto profile = std::make_shared<const model::Profile>(std::move(resolved.profile));
    auto explainer = std::make_shared<Explainer>(profile, compiled->program);
    auto explain = [explainer](model::Violation& violation) { explainer->explain(violation); };
    auto candidate = std::make_shared<const engine::Candidate>(
        engine::Candidate{name, std::move(compiled->program), compiled->filter_flags, std::move(explain)});
    return LoadedCandidate{
        profile, std::move(candidate), {name, core::sha256(profile->span.source->text)}, std::move(resolve)};
}

}  // namespace callgate::cli
