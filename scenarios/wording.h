#pragma once

#include <string>

namespace callgate::scenarios {

/// The words of a library inside a sentence of ours: "Connection refused" as "connection refused", "EOF" as it is.
std::string uncapitalised(std::string text);

}  // namespace callgate::scenarios
