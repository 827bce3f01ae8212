#include "profiles/edits.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace callgate::profiles {

namespace {

using document::Node;

std::string between(const core::Span& a, const core::Span& b) {
    return a.source->text.substr(a.end, b.begin - a.end);
}

/// What stands between the bracket and what follows it.
std::string after_bracket(const Node& container, const core::Span& first) {
    const auto begin = container.span.begin + 1;
    return container.span.source->text.substr(begin, first.begin - begin);
}

bool breaks_line(std::string_view text) {
    return text.find('\n') != std::string_view::npos;
}

std::string item_separator(const Node& list) {
    const auto& items = list.items;
    if (items.empty()) return ", ";
    if (items.size() == 1) {
        const auto lead = after_bracket(list, items.front().span);
        return breaks_line(lead) ? "," + lead : ", ";
    }
    // A list that is wrapped after every few items has two kinds of separators: the short one never makes it ragged.
    auto best = between(items[0].span, items[1].span);
    for (std::size_t i = 1; i + 1 < items.size(); ++i) {
        auto other = between(items[i].span, items[i + 1].span);
        if (other.size() < best.size()) best = std::move(other);
    }
    return best;
}

std::string joined(const std::vector<Insertion>& insertions, const std::string& separator) {
    std::string out;
    for (const auto& insertion : insertions) out += (out.empty() ? "" : separator) + insertion.text;
    return out;
}

/// Each run of removed items goes with the separator behind it, the last run with the one in front.
void remove_items(const Node& list, const std::set<std::size_t>& removed, std::vector<Edit>& edits) {
    const auto& items = list.items;
    for (std::size_t first = 0; first < items.size(); ++first) {
        if (removed.count(first) == 0) continue;
        auto next = first;
        while (next < items.size() && removed.count(next) != 0) ++next;
        if (next < items.size()) {
            edits.push_back({items[first].span.begin, items[next].span.begin, ""});
        } else {
            edits.push_back({items[first - 1].span.end, items[next - 1].span.end, ""});
        }
        first = next;
    }
}

}  // namespace

void sort_edits(std::vector<Edit>& edits) {
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
        return std::pair{a.begin, a.end} < std::pair{b.begin, b.end};
    });
}

std::string apply_edits(std::string_view text, const std::vector<Edit>& edits) {
    std::string out;
    std::size_t done = 0;
    for (const auto& edit : edits) {
        out += text.substr(done, edit.begin - done);
        out += edit.text;
        done = edit.end;
    }
    out += text.substr(done);
    return out;
}

std::vector<Edit> edit_list(const Node& list, const std::set<std::size_t>& removed,
                            const std::vector<Insertion>& insertions) {
    const auto& items = list.items;
    const auto separator = item_separator(list);
    if (items.empty() || removed.size() == items.size()) {
        const auto text = joined(insertions, separator);
        if (items.empty() || text.empty()) return {{list.span.begin, list.span.end, "[" + text + "]"}};
        return {{items.front().span.begin, items.back().span.end, text}};
    }
    std::vector<Edit> edits;
    for (const auto& insertion : insertions) {
        std::optional<std::size_t> previous;
        for (std::size_t i = std::min(insertion.before, items.size()); i > 0 && !previous; --i) {
            if (removed.count(i - 1) == 0) previous = i - 1;
        }
        if (previous) {
            const auto at = items[*previous].span.end;
            edits.push_back({at, at, separator + insertion.text});
        } else {
            std::size_t first = 0;
            while (removed.count(first) != 0) ++first;
            const auto at = items[first].span.begin;
            edits.push_back({at, at, insertion.text + separator});
        }
    }
    remove_items(list, removed, edits);
    sort_edits(edits);
    return edits;
}

std::string indent_at(std::string_view text, std::size_t offset) {
    const auto newline = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const auto start = newline == std::string_view::npos ? 0 : newline + 1;
    const auto end = text.find_first_not_of(" \t", start);
    return std::string{text.substr(start, (end == std::string_view::npos ? text.size() : end) - start)};
}

std::string member_separator(const Node& mapping) {
    const auto& members = mapping.members;
    if (members.empty()) return ", ";
    if (members.size() > 1) return between(members[0].value.span, members[1].key_span);
    const auto lead = after_bracket(mapping, members.front().key_span);
    return breaks_line(lead) ? "," + lead : ", ";
}

}  // namespace callgate::profiles
