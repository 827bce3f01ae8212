#include "harness/document/node.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <unordered_map>

namespace callgate::document {

namespace {

using Json = nlohmann::json;

/// Walks the text for nlohmann's parser and tells how far it has read. The parser reads no further than the token it
/// reports, except for numbers, where it has looked at one byte more.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, const char** reached) : at_{at}, reached_{reached} {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        if (reached_ != nullptr) *reached_ = at_;
        return *this;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
    bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

private:
    const char* at_;
    const char** reached_;
};

/// Builds Nodes from the parser's events; the span of each token is found from where the parser has come to.
class Builder final : public nlohmann::json_sax<Json> {
public:
    Builder(const Source& source, const char* const& reached, core::Diagnostics& diagnostics)
        : source_{source}, reached_{reached}, diagnostics_{diagnostics} {}

    bool null() override { return add(literal(4), Node::Kind::null); }
    bool boolean(bool value) override { return add(literal(value ? 4 : 5), Node::Kind::scalar); }
    bool number_integer(number_integer_t) override { return add(number(), Node::Kind::scalar); }
    bool number_unsigned(number_unsigned_t) override { return add(number(), Node::Kind::scalar); }
    bool number_float(number_float_t, const string_t&) override { return add(number(), Node::Kind::scalar); }

    bool string(string_t& value) override {
        Node node;
        node.kind = Node::Kind::scalar;
        node.quoted = true;
        node.scalar = std::move(value);
        node.span = quoted_token();
        return place(std::move(node));
    }

    bool binary(binary_t&) override { return false; }  // JSON text has none

    bool start_object(std::size_t) override { return open(Node::Kind::mapping); }
    bool start_array(std::size_t) override { return open(Node::Kind::sequence); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& value) override {
        auto span = quoted_token();
        auto& members = open_.back().members;
        const auto [known, is_new] = keys_.back().emplace(value, members.size());
        if (!is_new) {
            diagnostics_.error(
                span, fmt::format("duplicate key '{}'", value),
                fmt::format("it stands already in line {}", members[known->second].key_span.position().line));
        }
        members.push_back({std::move(value), std::move(span), {}});
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
        // "[json.exception.parse_error.101] parse error at line 1, column 9: syntax error while parsing value - why"
        std::string_view why = error.what();
        why = why.substr(0, why.find("; last read"));
        const auto dash = why.find(" - ");
        const auto tag = why.find("] ");  // "[json.exception.out_of_range.406] number overflow parsing '1e999'"
        if (dash != std::string_view::npos) {
            why.remove_prefix(dash + 3);
        } else if (tag != std::string_view::npos) {
            why.remove_prefix(tag + 2);
        }
        const auto at = std::min(position > 0 ? position - 1 : 0, source_->text.size());
        diagnostics_.error({source_, at, at}, fmt::format("not valid JSON: {}", why));
        return false;
    }

    std::optional<Node> take() { return std::move(root_); }

private:
    [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(reached_ - source_->text.data()); }

    [[nodiscard]] core::Span literal(std::size_t length) const { return {source_, offset() - length, offset()}; }

    [[nodiscard]] core::Span number() const {
        const std::string_view text = source_->text;
        const auto part_of_number = [&](std::size_t i) { return std::strchr("+-.0123456789eE", text[i]) != nullptr; };
        auto end = offset();
        if (end > 0 && !part_of_number(end - 1)) --end;
        auto begin = end;
        while (begin > 0 && part_of_number(begin - 1)) --begin;
        return {source_, begin, end};
    }

    /// From the closing quote back to the opening one: the quote before which stands an even number of backslashes.
    [[nodiscard]] core::Span quoted_token() const {
        const std::string_view text = source_->text;
        const auto end = offset();
        auto begin = end - 1;
        while (begin > 0) {
            --begin;
            if (text[begin] != '"') continue;
            auto slashes = begin;
            while (slashes > 0 && text[slashes - 1] == '\\') --slashes;
            if ((begin - slashes) % 2 == 0) break;
        }
        return {source_, begin, end};
    }

    bool add(core::Span span, Node::Kind kind) {
        Node node;
        node.kind = kind;
        if (kind == Node::Kind::scalar) node.scalar = std::string{span.text()};
        node.span = std::move(span);
        return place(std::move(node));
    }

    bool open(Node::Kind kind) {
        if (open_.size() >= kDeepest) {
            diagnostics_.error(literal(1), fmt::format("nested deeper than {} levels", kDeepest));
            return false;
        }
        Node node;
        node.kind = kind;
        node.span = literal(1);
        open_.push_back(std::move(node));
        keys_.emplace_back();
        return true;
    }

    bool close() {
        Node node = std::move(open_.back());
        open_.pop_back();
        keys_.pop_back();
        node.span.end = offset();
        return place(std::move(node));
    }

    bool place(Node node) {
        if (++count_ > kMostNodes) {
            diagnostics_.error(node.span, fmt::format("more than {} values in one document", kMostNodes));
            return false;
        }
        if (open_.empty()) {
            root_ = std::move(node);
        } else if (open_.back().kind == Node::Kind::sequence) {
            open_.back().items.push_back(std::move(node));
        } else {
            open_.back().members.back().value = std::move(node);
        }
        return true;
    }

    const Source& source_;
    const char* const& reached_;
    core::Diagnostics& diagnostics_;
    std::vector<Node> open_;
    std::vector<std::unordered_map<std::string, std::size_t>> keys_;  ///< of each open mapping, where they stand in it
    std::optional<Node> root_;
    std::size_t count_ = 0;
};

}  // namespace

std::optional<Node> parse_json(const Source& source, core::Diagnostics& diagnostics) {
    const std::string& text = source->text;
    if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) {
        diagnostics.error({source, 0, 3}, "a byte order mark stands before the JSON", "save the file without one");
        return std::nullopt;
    }
    // nlohmann's parser takes one for the end of the text.
    if (const auto zero = text.find('\0'); zero != std::string::npos) {
        diagnostics.error({source, zero, zero + 1}, "not valid JSON: a zero byte");
        return std::nullopt;
    }
    const char* reached = text.data();
    Builder builder{source, reached, diagnostics};
    const auto said_before = diagnostics.said();
    const bool parsed = Json::sax_parse(CountingIterator{text.data(), &reached},
                                        CountingIterator{text.data() + text.size(), nullptr}, &builder);
    if (!parsed || diagnostics.said() != said_before) return std::nullopt;
    return builder.take();
}

}  // namespace callgate::document
