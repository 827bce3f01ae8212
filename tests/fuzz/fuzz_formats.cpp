// Any bytes in any format: each is read or refused in words, and what is read can be written in every format and
// resolved for every target.
#include "harness/core/diagnostics.h"
#include "profiles/audit_report.h"
#include "profiles/convert.h"
#include "profiles/load.h"
#include "profiles/resolve.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

using namespace callgate;

namespace {

void use(const model::Profile& profile) {
    constexpr profiles::Version kKernel{6, 1, 0};
    for (const auto* format : profiles::formats()) {
        if (format->write == nullptr) continue;
        const auto written = profiles::convert(profile, *format, profiles::own_target(profile, kKernel));
        if (!written && written.error().message.empty()) std::abort();
    }
    for (const auto& engine : profiles::engines()) {
        const auto target = profiles::default_target(engine.name, kKernel);
        const auto resolution = profiles::resolve(profile, target);
        if (model::is_conditional(resolution.profile)) std::abort();
        (void)profiles::render_decisions(resolution.decisions);
    }
}

/// The same bytes as a log: whatever is in it, what is said of it is for a terminal.
void audit(const std::string& text) {
    profiles::AuditReader reader;
    std::istringstream in{text};
    if (!reader.read(in, "fuzz")) return;
    const profiles::AuditReport report{reader.finish(), false, std::nullopt};
    for (const auto& shown : {render_text(report), render_markdown(report), render_json(report)}) {
        if (shown.empty() || shown.find('\x1b') != std::string::npos) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source =
        std::make_shared<const core::SourceText>(core::SourceText{"fuzz", std::string{data, data + size}});
    profiles::ReadOptions options;
    options.open = [&](const std::string&) -> core::Result<document::Source> { return document::Source{source}; };
    const auto try_as = [&](std::string_view format) {
        options.format = format;
        core::Diagnostics diagnostics;
        const auto content = profiles::load(source, options, diagnostics);
        (void)core::render(diagnostics);
        if (content.has_value() == diagnostics.has_errors()) std::abort();
        if (!content) return;
        if (const auto* profile = std::get_if<model::Profile>(&*content)) use(*profile);
    };
    audit(source->text);
    try_as("");
    for (const auto* format : profiles::formats()) try_as(format->name);
    return 0;
}
