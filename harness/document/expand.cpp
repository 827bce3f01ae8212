#include "harness/document/expand.h"

#include "harness/core/closest.h"

#include <fmt/format.h>

#include <vector>

namespace callgate::document {

namespace {

class Expander {
public:
    Expander(const std::map<std::string, std::string>& variables, core::Diagnostics& diagnostics)
        : variables_{variables}, diagnostics_{diagnostics} {}

    Node expand(const Node& node) {
        Node out = node;
        if (out.kind == Node::Kind::scalar && out.scalar.find('$') != std::string::npos) expand_scalar(out);
        for (auto& item : out.items) item = expand(item);
        for (auto& member : out.members) member.value = expand(member.value);
        return out;
    }

private:
    void expand_scalar(Node& node) {
        std::string out;
        std::string_view rest = node.scalar;
        bool only_a_variable = false;
        while (!rest.empty()) {
            const auto start = rest.find("${");
            out += rest.substr(0, start);
            if (start == std::string_view::npos) break;
            if (start > 0 && rest[start - 1] == '$') {  // "$${": a plain "${"
                out += '{';
                rest.remove_prefix(start + 2);
                continue;
            }
            const auto end = rest.find('}', start);
            if (end == std::string_view::npos) {
                diagnostics_.error(node.span, "a '${' has no '}'", "write $${ for a plain ${");
                return;
            }
            only_a_variable = start == 0 && end + 1 == node.scalar.size();
            out += value_of(std::string{rest.substr(start + 2, end - start - 2)}, node.span);
            rest.remove_prefix(end + 1);
        }
        node.scalar = std::move(out);
        if (only_a_variable) node.quoted = false;
    }

    std::string value_of(const std::string& name, const core::Span& span) {
        const auto found = variables_.find(name);
        if (found != variables_.end()) return found->second;
        std::vector<std::string> names;
        for (const auto& entry : variables_) names.push_back(entry.first);
        const bool of_environment = name.rfind("env.", 0) == 0;
        diagnostics_.error(span, fmt::format("unknown variable '${{{}}}'", name),
                           of_environment ? fmt::format("set {} in the environment of callgate", name.substr(4))
                                          : core::suggestion(name, names));
        return "1";  // a stand-in that most readers accept, so that one mistake is reported once
    }

    const std::map<std::string, std::string>& variables_;
    core::Diagnostics& diagnostics_;
};

}  // namespace

Node expand(const Node& node, const std::map<std::string, std::string>& variables, core::Diagnostics& diagnostics) {
    return Expander{variables, diagnostics}.expand(node);
}

}  // namespace callgate::document
