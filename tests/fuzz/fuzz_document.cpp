// Any bytes as JSON and as YAML: read or refused, with every span inside the text and every diagnostic printable.
#include "harness/core/diagnostics.h"
#include "harness/core/result.h"
#include "harness/document/node.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

using namespace callgate;

namespace {

void check_span(const core::Span& span) {
    core::ensure(span.begin <= span.end && span.end <= span.source->text.size(), "a span outside its text");
}

void check(const document::Node& node) {
    check_span(node.span);
    for (const auto& item : node.items) check(item);
    for (const auto& member : node.members) {
        check_span(member.key_span);
        core::ensure(node.find(member.key) == &member.value, "a key that stands twice");
        check(member.value);
    }
}

/// Nothing comes with errors, and only then.
void say(const core::Diagnostics& diagnostics, bool read) {
    core::ensure(read != diagnostics.has_errors(), "a document and errors, or neither");
    for (const auto& diagnostic : diagnostics.all()) check_span(diagnostic.span);
    (void)core::render(diagnostics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source = std::make_shared<const core::SourceText>(
        core::SourceText{"document", std::string{reinterpret_cast<const char*>(data), size}});
    core::Diagnostics json;
    const auto node = document::parse_json(source, json);
    say(json, node.has_value());
    if (node) check(*node);
    core::Diagnostics yaml;
    const auto documents = document::parse_yaml(source, yaml);
    say(yaml, documents.has_value());
    if (documents) {
        for (const auto& one : *documents) check(one);
    }
    return 0;
}
