#include "harness/decode/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::decode {

std::string flags_text(const Table& table, std::uint64_t value, Rest rest) {
    std::string out;
    const auto add = [&](std::string_view text) {
        if (!out.empty()) out += '|';
        out += text;
    };
    auto left = value;
    for (const auto& name : table.names) {
        // A value of zero is one of a field (O_RDONLY): it says something of the whole, and takes nothing away.
        const auto mask = name.mask != 0 ? name.mask : name.value;
        const bool set = name.value == 0 ? (value & mask) == 0 : (left & mask) == name.value;
        if (!set) continue;
        add(name.text);
        left &= ~name.value;
    }
    if (left != 0) add(rest == Rest::octal ? octal_text(left) : hex_text(left));
    return out.empty() ? "0" : out;
}

std::string_view name_of(const Table& table, std::uint64_t value) {
    const auto found =
        std::find_if(table.names.begin(), table.names.end(), [&](const Name& name) { return name.value == value; });
    return found == table.names.end() ? std::string_view{} : found->text;
}

std::string choice_text(const Table& table, std::uint64_t value) {
    const auto text = name_of(table, value);
    return text.empty() ? hex_text(value) : std::string{text};
}

std::string hex_text(std::uint64_t value) {
    return value == 0 ? "0" : fmt::format("{:#x}", value);
}

std::string octal_text(std::uint64_t value) {
    return value == 0 ? "0" : fmt::format("0{:o}", value);
}

}  // namespace callgate::decode
