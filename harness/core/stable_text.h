#pragma once

#include <string>
#include <string_view>

namespace callgate::core {

/// Text with what differs from one run to the next taken out: every run of digits, and everything that looks like an id
/// (eight or more hexadecimal digits with a decimal one among them, a UUID), becomes one `0`; `directory` becomes
/// `${workdir}` ("" and "/" are none). Linear in the text, which may hold any bytes.
std::string stable_text(std::string_view text, std::string_view directory = {});

}  // namespace callgate::core
