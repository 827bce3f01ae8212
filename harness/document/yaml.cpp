#include "harness/document/node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <unordered_map>

namespace callgate::document {

namespace {

constexpr std::size_t kMostAliases = 100;

/// Thrown through yaml-cpp, whose event handlers cannot say "stop"; caught in parse_yaml.
struct Stop {};

std::size_t count_nodes(const Node& node) {
    std::size_t count = 1;
    for (const auto& item : node.items) count += count_nodes(item);
    for (const auto& member : node.members) count += count_nodes(member.value);
    return count;
}

/// Levels of lists and mappings.
std::size_t depth(const Node& node) {
    if (node.kind != Node::Kind::sequence && node.kind != Node::Kind::mapping) return 0;
    std::size_t below = 0;
    for (const auto& item : node.items) below = std::max(below, depth(item));
    for (const auto& member : node.members) below = std::max(below, depth(member.value));
    return below + 1;
}

/// yaml-cpp skips a byte order mark without counting it.
std::size_t offset_of(const core::SourceText& source, const YAML::Mark& mark) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    const std::size_t skipped = source.text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)) + skipped, source.text.size());
}

/// Where the quote that `text` begins with is closed, or npos.
std::size_t closing_quote(std::string_view text) {
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (quote == '"' || text.substr(i + 1, 1) != "'") return i;
            ++i;  // '' stands for one
        }
    }
    return std::string_view::npos;
}

/// Builds Nodes from yaml-cpp's events: unlike its node tree they keep duplicate keys apart and do not share aliases.
class Builder final : public YAML::EventHandler {
public:
    Builder(const Source& source, core::Diagnostics& diagnostics) : source_{source}, diagnostics_{diagnostics} {}

    void OnDocumentStart(const YAML::Mark&) override {
        anchors_.clear();
        root_.reset();
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.span = at(mark, 0);
        place(std::move(node), anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node;
        node.kind = Node::Kind::scalar;
        node.scalar = value;
        // yaml-cpp gives "!" to quoted and block scalars and "?" to plain ones.
        node.quoted = tag == "!";
        node.span = at(mark, scalar_length(mark, value));
        refuse_tag(tag, node.span);
        if (!node.quoted && (value == "~" || value == "null" || value.empty())) {
            node.kind = Node::Kind::null;
            node.scalar.clear();
        }
        place(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto span = at(mark, 1);
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            diagnostics_.error(span, "an alias stands inside the value that it names");
            throw Stop{};
        }
        if (++aliases_ > kMostAliases) {
            diagnostics_.error(span, fmt::format("more than {} aliases in one file", kMostAliases));
            throw Stop{};
        }
        if (open_.size() + depth(found->second) > kDeepest) too_deep(span);
        Node copy = found->second;
        nodes_ += count_nodes(copy);
        copy.span = span;
        place(std::move(copy), YAML::NullAnchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

    std::optional<Node> take() { return std::move(root_); }

private:
    struct Open {
        Node node;
        YAML::anchor_t anchor = YAML::NullAnchor;
        std::unordered_map<std::string, std::size_t> keys;  ///< where they stand among the members
        bool key_read = false;
        bool key_refused = false;
    };

    [[nodiscard]] core::Span at(const YAML::Mark& mark, std::size_t length) const {
        const auto begin = offset_of(*source_, mark);
        return {source_, begin, std::min(begin + length, source_->text.size())};
    }

    /// How long the scalar is in the text: to its closing quote, or as long as its plain text; one line at most.
    [[nodiscard]] std::size_t scalar_length(const YAML::Mark& mark, const std::string& value) const {
        auto text = std::string_view{source_->text}.substr(offset_of(*source_, mark));
        if (!text.starts_with('"') && !text.starts_with('\'')) {
            text = text.substr(0, value.size());
        } else if (const auto close = closing_quote(text); close != std::string_view::npos) {
            text = text.substr(0, close + 1);
        } else {
            diagnostics_.error(at(mark, 1), "a quote is never closed");
        }
        return std::min(text.find_first_of("\r\n"), text.size());
    }

    [[noreturn]] void too_deep(const core::Span& span) {
        diagnostics_.error(span, fmt::format("nested deeper than {} levels", kDeepest));
        throw Stop{};
    }

    void refuse_tag(const std::string& tag, const core::Span& span) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        diagnostics_.error(span, fmt::format("YAML tag '{}' is not supported", tag), "write the plain value");
    }

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        Open open;
        open.node.kind = kind;
        open.node.span = at(mark, 1);
        open.anchor = anchor;
        refuse_tag(tag, open.node.span);
        if (open_.size() >= kDeepest) too_deep(open.node.span);
        open_.push_back(std::move(open));
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        place(std::move(done.node), done.anchor);
    }

    void place(Node node, YAML::anchor_t anchor) {
        if (++nodes_ > kMostNodes) {
            diagnostics_.error(node.span, fmt::format("more than {} values in one document", kMostNodes));
            throw Stop{};
        }
        if (anchor != YAML::NullAnchor) {
            // Each anchor keeps a copy, those of nested values copies of the same ones.
            if ((anchored_ += count_nodes(node)) > kMostNodes) {
                diagnostics_.error(node.span, fmt::format("more than {} values behind anchors", kMostNodes));
                throw Stop{};
            }
            anchors_[anchor] = node;
        }
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        auto& parent = open_.back();
        if (parent.node.kind == Node::Kind::sequence) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.key_read) {
            read_key(parent, std::move(node));
        } else {
            parent.key_read = false;
            if (!parent.key_refused) parent.node.members.back().value = std::move(node);
        }
    }

    void read_key(Open& parent, Node node) {
        parent.key_read = true;
        parent.key_refused = true;
        if (node.kind != Node::Kind::scalar) {
            diagnostics_.error(node.span, fmt::format("{} cannot be a key", kind_name(node)));
        } else if (node.scalar == "<<" && !node.quoted) {
            diagnostics_.error(node.span, "merge keys ('<<') are not supported", "write the keys out");
        } else if (const auto known = parent.keys.find(node.scalar); known != parent.keys.end()) {
            const auto& before = parent.node.members[known->second].key_span;
            diagnostics_.error(node.span, fmt::format("duplicate key '{}'", node.scalar),
                               fmt::format("it stands already in line {}", before.position().line));
        } else {
            parent.keys.emplace(node.scalar, parent.node.members.size());
            parent.key_refused = false;
            parent.node.members.push_back({std::move(node.scalar), std::move(node.span), {}});
        }
    }

    const Source& source_;
    core::Diagnostics& diagnostics_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::optional<Node> root_;
    std::size_t nodes_ = 0;
    std::size_t aliases_ = 0;
    std::size_t anchored_ = 0;  ///< values that anchors_ was given
};

void report(const Source& source, const YAML::Exception& error, core::Diagnostics& diagnostics) {
    const auto begin = offset_of(*source, error.mark);
    const auto line_start = source->text.rfind('\n', begin == 0 ? 0 : begin - 1);
    const auto before = std::string_view{source->text}.substr(line_start == std::string::npos ? 0 : line_start);
    const bool tab = before.substr(0, before.find_first_not_of(" \t\n")).find('\t') != std::string_view::npos;
    diagnostics.error({source, begin, begin}, fmt::format("not valid YAML: {}", error.msg),
                      tab ? "YAML is indented with blanks, not with tabs" : "");
}

}  // namespace

std::optional<std::vector<Node>> parse_yaml(const Source& source, core::Diagnostics& diagnostics) {
    // YAML has none of these, and yaml-cpp takes some for the end of the text or for UTF-16.
    const auto control = std::find_if(source->text.begin(), source->text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    });
    if (control != source->text.end()) {
        const auto at = static_cast<std::size_t>(control - source->text.begin());
        diagnostics.error({source, at, at + 1},
                          fmt::format("not valid YAML: a control character, {:#04x}", static_cast<unsigned>(*control)));
        return std::nullopt;
    }
    const auto said_before = diagnostics.said();
    std::vector<Node> documents;
    try {
        std::istringstream stream{source->text};
        YAML::Parser parser{stream};
        Builder builder{source, diagnostics};
        while (parser.HandleNextDocument(builder)) {
            if (auto root = builder.take()) documents.push_back(std::move(*root));
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        report(source, error, diagnostics);
    }
    if (diagnostics.said() != said_before) return std::nullopt;
    return documents;
}

}  // namespace callgate::document
