#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace callgate::core {

/// The number that the whole text is, in digits alone (a signed one may begin with '-'): no blanks, no '+', no "0x".
/// None where it is something else, or does not fit.
template <typename Number>
std::optional<Number> number_in(std::string_view text, int base = 10) {
    Number number = 0;
    const auto* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number, base);
    return error == std::errc{} && end == last ? std::optional{number} : std::nullopt;
}

/// Of "0x1f", as callgate writes what a register held.
inline std::optional<std::uint64_t> hexadecimal_in(std::string_view text) {
    constexpr std::string_view kPrefix = "0x";
    return text.starts_with(kPrefix) ? number_in<std::uint64_t>(text.substr(kPrefix.size()), 16) : std::nullopt;
}

}  // namespace callgate::core
