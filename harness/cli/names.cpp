#include "harness/cli/names.h"

#include "harness/document/read.h"
#include "harness/engine/engine.h"
#include "profiles/format.h"
#include "profiles/targets.h"
#include "reports/format.h"
#include "runners/record/recorder.h"
#include "runners/trap_backend.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::cli {

std::vector<std::string> trap_names() {
    std::vector<std::string> names{"auto"};
    for (const auto* backend : runners::trap_backends()) names.emplace_back(backend->name);
    return names;
}

std::vector<std::string> recorder_names() {
    std::vector<std::string> names{"auto"};
    for (const auto* kind : runners::recorder_kinds()) names.emplace_back(kind->name);
    return names;
}

std::vector<std::string> report_names() {
    std::vector<std::string> names;
    for (const auto* format : reports::formats()) names.emplace_back(format->name);
    return names;
}

std::vector<std::string> written_formats() {
    std::vector<std::string> names;
    for (const auto* format : profiles::formats()) {
        if (format->write != nullptr) names.emplace_back(format->name);
    }
    return names;
}

std::vector<std::string> never_let_through_but(const std::vector<std::string>& permitted) {
    auto names = engine::never_let_through();
    const auto is_permitted = [&](const std::string& name) {
        return std::find(permitted.begin(), permitted.end(), name) != permitted.end();
    };
    names.erase(std::remove_if(names.begin(), names.end(), is_permitted), names.end());
    return names;
}

core::Result<model::Arch> arch_option(const std::string& option, const std::string& word) {
    if (const auto arch = profiles::arch_named(word)) return *arch;
    std::vector<std::string> names;
    for (const auto& info : model::known_archs()) names.emplace_back(info.short_name);
    return core::fail(fmt::format("{}: '{}' is no architecture: one of {}", option, word, fmt::join(names, ", ")));
}

core::Milliseconds duration_option(const std::string& option, const std::string& text, core::Diagnostics& diagnostics) {
    document::Node node;
    node.kind = document::Node::Kind::scalar;
    node.scalar = text;
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{option, text});
    node.span = {source, 0, text.size()};
    return document::read_duration(node, diagnostics).value_or(core::Milliseconds{0});
}

}  // namespace callgate::cli
