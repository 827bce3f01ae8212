#include "profiles/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace callgate::profiles {

namespace {

constexpr std::size_t kContext = 3;

/// Lines [first, first + count) of the old text become `lines`.
struct Change {
    std::size_t first = 0;
    std::size_t count = 0;
    std::vector<std::string_view> lines;
};

/// With their line ends; the last one may have none.
std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto newline = text.find('\n');
        const auto length = newline == std::string_view::npos ? text.size() : newline + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

class Differ {
public:
    Differ(std::string_view before, const std::vector<Edit>& edits) : before_{before}, lines_{split_lines(before)} {
        std::size_t offset = 0;
        for (const auto line : lines_) {
            starts_.push_back(offset);
            offset += line.size();
        }
        starts_.push_back(offset);
        texts_.reserve(edits.size());  // the changes point into them
        for (std::size_t i = 0; i < edits.size();) i = take_block(edits, i);
    }

    [[nodiscard]] std::string hunks() const {
        std::string out;
        std::size_t shift_old = 0;  // lines the changes so far took away and brought
        std::size_t shift_new = 0;
        for (std::size_t i = 0; i < changes_.size();) {
            auto last = i;
            while (last + 1 < changes_.size() &&
                   changes_[last + 1].first - (changes_[last].first + changes_[last].count) <= 2 * kContext) {
                ++last;
            }
            out += hunk(i, last, shift_old, shift_new);
            for (; i <= last; ++i) {
                shift_old += changes_[i].count;
                shift_new += changes_[i].lines.size();
            }
        }
        return out;
    }

private:
    [[nodiscard]] std::size_t line_of(std::size_t offset) const {
        const auto next = std::upper_bound(starts_.begin(), starts_.end() - 1, offset);
        return static_cast<std::size_t>(next - starts_.begin()) - 1;
    }

    /// The edits from `i` on that share lines become one change; gives the first edit behind them.
    std::size_t take_block(const std::vector<Edit>& edits, std::size_t i) {
        const auto first = line_of(edits[i].begin);
        auto last = line_of(edits[i].end);
        auto done = starts_[first];
        std::string text;
        for (; i < edits.size() && (line_of(edits[i].begin) <= last); ++i) {
            text += before_.substr(done, edits[i].begin - done);
            text += edits[i].text;
            done = edits[i].end;
            last = line_of(edits[i].end);
        }
        text += before_.substr(done, starts_[last + 1] - done);
        texts_.push_back(std::move(text));
        add_change({first, last - first + 1, split_lines(texts_.back())});
        return i;
    }

    /// Cuts a change down to the lines that really differ: several edits in one line or in neighbouring lines bring
    /// lines into the block that stay.
    void add_change(const Change& block) {
        const auto kept = lines_kept(block);
        std::size_t old_at = 0;
        std::size_t new_at = 0;
        const auto flush = [&](std::size_t old_end, std::size_t new_end) {
            if (old_end > old_at || new_end > new_at) {
                append({block.first + old_at,
                        old_end - old_at,
                        {block.lines.begin() + static_cast<std::ptrdiff_t>(new_at),
                         block.lines.begin() + static_cast<std::ptrdiff_t>(new_end)}});
            }
            old_at = old_end + 1;
            new_at = new_end + 1;
        };
        for (const auto& [old_line, new_line] : kept) flush(old_line, new_line);
        flush(block.count, block.lines.size());
    }

    /// Changes of neighbouring lines are one: all that goes in front of all that comes.
    void append(Change change) {
        if (!changes_.empty() && changes_.back().first + changes_.back().count == change.first) {
            auto& last = changes_.back();
            last.count += change.count;
            last.lines.insert(last.lines.end(), change.lines.begin(), change.lines.end());
        } else {
            changes_.push_back(std::move(change));
        }
    }

    /// The longest common subsequence of a block's old and new lines, as pairs of indices into the block.
    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> lines_kept(const Change& block) const {
        constexpr std::size_t kLargestTable = 1'000'000;
        const auto rows = block.count;
        const auto columns = block.lines.size();
        if (rows * columns > kLargestTable) return {};  // correct all the same, only longer
        const auto same = [&](std::size_t i, std::size_t j) { return lines_[block.first + i] == block.lines[j]; };
        std::vector<std::vector<std::uint32_t>> longest(rows + 1, std::vector<std::uint32_t>(columns + 1));
        for (auto i = rows; i-- > 0;) {
            for (auto j = columns; j-- > 0;) {
                longest[i][j] = same(i, j) ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        std::vector<std::pair<std::size_t, std::size_t>> kept;
        for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
            if (same(i, j)) {
                kept.emplace_back(i++, j++);
            } else if (longest[i + 1][j] >= longest[i][j + 1]) {
                ++i;
            } else {
                ++j;
            }
        }
        return kept;
    }

    static void add_line(std::string& out, char sign, std::string_view line) {
        out += sign;
        out += line;
        if (line.back() != '\n') out += "\n\\ No newline at end of file\n";
    }

    /// "12,7"; an empty range is named by the line in front of it.
    static std::string range(std::size_t first, std::size_t count) {
        return fmt::format("{},{}", count == 0 ? first : first + 1, count);
    }

    [[nodiscard]] std::string hunk(std::size_t from, std::size_t to, std::size_t shift_old,
                                   std::size_t shift_new) const {
        const auto first = changes_[from].first - std::min(changes_[from].first, kContext);
        const auto end = std::min(changes_[to].first + changes_[to].count + kContext, lines_.size());
        auto at = first;
        std::size_t new_count = 0;
        std::string body;
        const auto keep_until = [&](std::size_t line) {
            for (; at < line; ++at, ++new_count) add_line(body, ' ', lines_[at]);
        };
        for (auto i = from; i <= to; ++i) {
            keep_until(changes_[i].first);
            for (; at < changes_[i].first + changes_[i].count; ++at) add_line(body, '-', lines_[at]);
            for (const auto line : changes_[i].lines) add_line(body, '+', line);
            new_count += changes_[i].lines.size();
        }
        keep_until(end);
        return fmt::format("@@ -{} +{} @@\n{}", range(first, end - first),
                           range(first + shift_new - shift_old, new_count), body);
    }

    std::string_view before_;
    std::vector<std::string_view> lines_;
    std::vector<std::size_t> starts_;  ///< of each line, and of the end
    std::vector<std::string> texts_;
    std::vector<Change> changes_;
};

/// As GNU diff and patch have it: in quotes with escapes where a control character or a quote would end it, with a tab
/// behind it where it holds a blank.
std::string header_name(const std::string& path) {
    const auto special = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F;
    };
    if (std::none_of(path.begin(), path.end(), special)) {
        return path.find(' ') == std::string::npos ? path : path + "\t";
    }
    std::string out = "\"";
    for (const char c : path) {
        out += special(c) ? fmt::format("\\{:03o}", static_cast<unsigned char>(c)) : std::string{c};
    }
    return out + "\"";
}

}  // namespace

std::string unified_diff(const std::string& path, std::string_view before, const std::vector<Edit>& edits) {
    const auto hunks = Differ{before, edits}.hunks();
    if (hunks.empty()) return {};
    const auto name = header_name(path);
    return fmt::format("--- {}\n+++ {}\n{}", name, name, hunks);
}

}  // namespace callgate::profiles
