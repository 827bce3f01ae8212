#include "profiles/strict.h"

#include "harness/core/printable.h"
#include "harness/document/read.h"

#include <fmt/format.h>

namespace callgate::profiles {

using document::Node;

std::string shown(const Node& node) {
    constexpr std::size_t kShown = 60;
    if (node.kind != Node::Kind::scalar) return std::string{document::kind_name(node)};
    return fmt::format("'{}'", core::shortened(node.scalar, kShown));
}

std::optional<std::string> read_text(const Node& node, core::Diagnostics& diagnostics) {
    if (node.kind == Node::Kind::scalar && node.quoted) return node.scalar;
    diagnostics.error(node.span, fmt::format("{} stands where a string is wanted", shown(node)),
                      node.kind == Node::Kind::scalar ? "write it in quotes" : "");
    return std::nullopt;
}

bool expect_list(const Node& node, std::string_view what, core::Diagnostics& diagnostics) {
    if (node.kind == Node::Kind::sequence) return true;
    diagnostics.error(node.span, fmt::format("{} stands where a list of {} is wanted", shown(node), what));
    return false;
}

std::optional<std::uint64_t> read_number(const Node& node, std::string_view what, std::uint64_t most,
                                         core::Diagnostics& diagnostics) {
    // The message of read_unsigned() does not name the upper end of all 64 bits.
    core::Diagnostics unheard;
    if (auto value = document::read_unsigned(node, most, unheard)) return value;
    diagnostics.error(node.span, fmt::format("{} {} is not a whole number from 0 to {}", what, shown(node), most),
                      node.quoted ? "write the number without quotes" : "");
    return std::nullopt;
}

}  // namespace callgate::profiles
