#include "runners/proc_maps.h"

#include "harness/core/files.h"
#include "harness/core/number.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::runners {

namespace {

/// Takes the next blank-separated word off the line.
std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

bool read_number(std::string_view word, std::uint64_t& value, int base) {
    const auto number = core::number_in<std::uint64_t>(word, base);
    value = number.value_or(0);
    return number.has_value();
}

}  // namespace

std::optional<Mapping> parse_mapping(std::string_view line) {
    // "begin-end perms offset device inode   path"
    Mapping mapping;
    const auto range = next_word(line);
    const auto permissions = next_word(line);
    const auto offset = next_word(line);
    next_word(line);
    const auto inode = next_word(line);
    const auto dash = range.find('-');
    if (dash == std::string_view::npos || permissions.size() < 4 ||
        !read_number(range.substr(0, dash), mapping.begin, 16) ||
        !read_number(range.substr(dash + 1), mapping.end, 16) || !read_number(offset, mapping.offset, 16) ||
        !read_number(inode, mapping.inode, 10)) {
        return std::nullopt;
    }
    mapping.executable = permissions[2] == 'x';
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    // A name that the process itself gave to anonymous memory (prctl(2), PR_SET_VMA_ANON_NAME) says nothing reliable.
    if (line.rfind("[anon", 0) != 0) mapping.path = line;
    return mapping;
}

std::vector<Mapping> read_mappings(pid_t tid) {
    constexpr std::size_t kMostBytes = std::size_t{64} * 1024 * 1024;  // vm.max_map_count is 65530 lines
    const auto text = core::read_file(fmt::format("/proc/{}/maps", tid), kMostBytes);
    std::vector<Mapping> mappings;
    if (!text) return mappings;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        if (auto mapping = parse_mapping(line)) mappings.push_back(std::move(*mapping));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return mappings;
}

const Mapping* find_mapping(std::span<const Mapping> mappings, std::uint64_t address) {
    const auto after = std::upper_bound(mappings.begin(), mappings.end(), address,
                                        [](std::uint64_t a, const Mapping& mapping) { return a < mapping.end; });
    return after != mappings.end() && after->begin <= address ? &*after : nullptr;
}

model::StackFrame locate(std::span<const Mapping> mappings, std::uint64_t address) {
    model::StackFrame frame;
    const auto* const mapping = find_mapping(mappings, address);
    if (mapping == nullptr || mapping->path.empty()) {
        frame.offset = address;
    } else {
        frame.module = mapping->path;
        frame.offset = address - mapping->begin + mapping->offset;
    }
    return frame;
}

}  // namespace callgate::runners
