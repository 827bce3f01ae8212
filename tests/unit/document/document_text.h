#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callgate::document {

inline Source source_of(std::string text, std::string name) {
    return std::make_shared<const core::SourceText>(core::SourceText{std::move(name), std::move(text)});
}

/// JSON that must be good.
inline Node json_of(const std::string& text) {
    core::Diagnostics diagnostics;
    auto node = parse_json(source_of(text, "p.json"), diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(node.has_value());
    CHECK(diagnostics.all().empty());
    return std::move(*node);
}

/// What is said about JSON that must be bad.
inline std::string wrong_json(const std::string& text) {
    core::Diagnostics diagnostics;
    CHECK_FALSE(parse_json(source_of(text, "p.json"), diagnostics).has_value());
    CHECK(diagnostics.has_errors());
    return core::render(diagnostics);
}

inline std::vector<Node> yaml_documents(const std::string& text) {
    core::Diagnostics diagnostics;
    auto nodes = parse_yaml(source_of(text, "p.yaml"), diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(nodes.has_value());
    CHECK(diagnostics.all().empty());
    return std::move(*nodes);
}

/// YAML that must be good and one document.
inline Node yaml_of(const std::string& text) {
    auto nodes = yaml_documents(text);
    REQUIRE(nodes.size() == 1);
    return std::move(nodes.front());
}

/// What is said about YAML that must be bad.
inline std::string wrong_yaml(const std::string& text) {
    core::Diagnostics diagnostics;
    CHECK_FALSE(parse_yaml(source_of(text, "p.yaml"), diagnostics).has_value());
    CHECK(diagnostics.has_errors());
    return core::render(diagnostics);
}

/// A tree on one line: strings in quotes, plain values without, nothing as "~".
inline std::string shown(const Node& node) {
    std::string out;
    switch (node.kind) {
        case Node::Kind::null:
            return "~";
        case Node::Kind::scalar:
            return node.quoted ? '"' + node.scalar + '"' : node.scalar;
        case Node::Kind::sequence:
            for (const auto& item : node.items) out += (out.empty() ? "" : " ") + shown(item);
            return '[' + out + ']';
        case Node::Kind::mapping:
            break;
    }
    for (const auto& member : node.members) {
        out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", member.key, shown(member.value));
    }
    return '{' + out + '}';
}

}  // namespace callgate::document
