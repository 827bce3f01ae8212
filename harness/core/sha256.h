#pragma once

#include <string>
#include <string_view>

namespace callgate::core {

/// SHA-256 of the bytes as 64 hexadecimal digits, as sha256sum(1) prints it.
std::string sha256(std::string_view bytes);

}  // namespace callgate::core
