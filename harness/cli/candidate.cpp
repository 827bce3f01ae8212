#include "harness/cli/candidate.h"

#include "harness/bpf/evaluate.h"
#include "harness/core/files.h"
#include "profiles/attribute.h"
#include "profiles/compile.h"
#include "profiles/load.h"

namespace callgate::cli {

std::optional<model::Profile> load_profile(const std::string& path, const std::string& name, const core::Span& from,
                                           core::Diagnostics& diagnostics) {
    auto text = core::read_file(path);
    if (!text) {
        diagnostics.error(from, "profile: " + text.error().message);
        return std::nullopt;
    }
    auto source = std::make_shared<const core::SourceText>(core::SourceText{name, std::move(*text)});
    return profiles::load(source, diagnostics);
}

std::optional<LoadedCandidate> load_candidate(const std::string& path, const std::string& name, const core::Span& from,
                                              core::Diagnostics& diagnostics) {
    auto read = load_profile(path, name, from, diagnostics);
    if (!read) return std::nullopt;
    auto compiled = profiles::compile(*read);
    if (!compiled) {
        diagnostics.error(from, compiled.error().message);
        return std::nullopt;
    }
    auto profile = std::make_shared<const model::Profile>(std::move(*read));
    auto attribution = std::make_shared<const profiles::Attribution>(*profile);
    auto explain = [profile, attribution, program = compiled->program](model::Violation& violation) {
        const auto action = model::Action::from_return(bpf::evaluate(program, violation.call));
        violation.rule = attribution->rule_of(violation.call, action);
        violation.fix = profiles::fix_of(*profile, violation.call);
    };
    auto candidate = std::make_shared<const engine::Candidate>(
        engine::Candidate{name, std::move(compiled->program), compiled->filter_flags, std::move(explain)});
    return LoadedCandidate{std::move(profile), std::move(candidate)};
}

}  // namespace callgate::cli
