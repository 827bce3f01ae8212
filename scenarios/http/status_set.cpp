#include "scenarios/http/status_set.h"

#include "harness/document/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace callgate::scenarios::http {

namespace {

constexpr unsigned kClassSize = 100;
constexpr std::size_t kDigits = 3;

}  // namespace

StatusSet::StatusSet() : ranges_{{200, 299}, {300, 399}}, text_{"2xx or 3xx"} {}

bool StatusSet::contains(unsigned status) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const Range& range) { return range.least <= status && status <= range.most; });
}

std::optional<StatusSet> StatusSet::read(const document::Node& node, core::Diagnostics& diagnostics) {
    const bool list = node.kind == document::Node::Kind::sequence;
    if (list && node.items.empty()) {
        diagnostics.error(node.span, "the list of statuses is empty");
        return std::nullopt;
    }
    StatusSet set;
    set.ranges_.clear();
    std::vector<std::string> words;
    bool complete = true;
    const auto add = [&](const document::Node& item) {
        const auto range = read_range(item, diagnostics);
        complete = complete && range.has_value();
        if (range) set.ranges_.push_back(*range);
        words.push_back(item.scalar);
    };
    if (list) {
        for (const auto& item : node.items) add(item);
    } else {
        add(node);
    }
    set.text_ = fmt::format("{}", fmt::join(words, " or "));
    return complete ? std::optional{std::move(set)} : std::nullopt;
}

std::optional<StatusSet::Range> StatusSet::read_range(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    if (text->size() == kDigits && text->front() >= '1' && text->front() <= '5') {
        const auto first = static_cast<unsigned>(text->front() - '0') * kClassSize;
        if (text->substr(1) == "xx") return Range{first, first + kClassSize - 1};
        if (std::all_of(text->begin(), text->end(),
                        [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; })) {
            const auto status = static_cast<unsigned>(std::stoul(*text));
            return Range{status, status};
        }
    }
    diagnostics.error(node.span, fmt::format("'{}' is not an HTTP status", *text),
                      "a status as 200, or a class as 2xx");
    return std::nullopt;
}

}  // namespace callgate::scenarios::http
