#pragma once

#include "harness/document/node.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// Bytes [begin, end) of a text are replaced by `text`.
struct Edit {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
};

/// Sorted by place; edits at one place keep their order. Edits never overlap.
void sort_edits(std::vector<Edit>& edits);

/// The text with the sorted edits made.
std::string apply_edits(std::string_view text, const std::vector<Edit>& edits);

/// Something new for a list, in front of the old item `before`, or behind the last where `before` is their number.
struct Insertion {
    std::size_t before = 0;
    std::string text;
};

/// Takes items out of a JSON list and puts others in, laid out as the list is: one per line or in a row. The insertions
/// stand in the order of the list.
std::vector<Edit> edit_list(const document::Node& list, const std::set<std::size_t>& removed,
                            const std::vector<Insertion>& insertions);

/// The blanks at the front of the line in which `offset` lies.
std::string indent_at(std::string_view text, std::size_t offset);

/// What stands between two members of a mapping, comma included: for a member that is put behind another.
std::string member_separator(const document::Node& mapping);

}  // namespace callgate::profiles
