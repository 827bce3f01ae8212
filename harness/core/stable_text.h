#pragma once

#include <string>
#include <string_view>

namespace callgate::core {

/// Text with what differs from one run to the next taken out: each run of digits becomes `0`, each word of hexadecimal
/// digits of at least eight letters `#`, and `directory` (unless empty) `${workdir}`. Linear in the text.
std::string stable_text(std::string_view text, std::string_view directory = {});

}  // namespace callgate::core
