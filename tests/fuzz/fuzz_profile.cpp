// Any bytes as a profile: it is read or refused, compiled or refused, and what compiles can be repaired and compared.
#include "harness/bpf/evaluate.h"
#include "harness/core/diagnostics.h"
#include "harness/model/action.h"
#include "profiles/attribute.h"
#include "profiles/compile.h"
#include "profiles/diff.h"
#include "profiles/load.h"
#include "profiles/repair.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

using namespace callgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source =
        std::make_shared<const core::SourceText>(core::SourceText{"fuzz.json", std::string{data, data + size}});
    core::Diagnostics diagnostics;
    const auto profile = profiles::load(source, diagnostics);
    (void)core::render(diagnostics);
    if (!profile) {
        if (!diagnostics.has_errors()) std::abort();
        return 0;
    }
    const auto compiled = profiles::compile(*profile);
    if (!compiled) return 0;
    const profiles::Filter filter{*profile, compiled->program};
    const auto differences = profiles::diff(filter, filter);  // too complex to compare is no fault
    if (differences && !differences->empty()) std::abort();
    const auto token = model::native_arch().token;
    const std::array<model::Call, 3> calls{model::Call{83, token, 0, {}}, model::Call{0, token, 0, {1, 2, 3}},
                                           model::Call{5, 0x40000003, 0, {}}};
    for (const auto& call : calls) {
        const auto action = model::Action::from_return(bpf::evaluate(compiled->program, call));
        (void)profiles::rule_of(*profile, call, action);
        (void)profiles::fix_of(*profile, call);
    }
    const auto proposal = profiles::repair(*profile, calls);
    if (!proposal.complete && proposal.notes.empty()) std::abort();
    if (proposal.diff.empty() != (proposal.text == source->text)) std::abort();
    return 0;
}
