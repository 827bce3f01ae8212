#include "harness/core/result.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <system_error>

namespace callgate::core {

namespace {
constexpr int kExitBug = 70;  // EX_SOFTWARE of sysexits.h
}

Error system_error(std::string_view what, int number) {
    return {fmt::format("{}: {} (errno {})", what, std::generic_category().message(number), number)};
}

void ensure(bool invariant, std::string_view what) {
    if (invariant) return;
    std::cerr << "callgate: this is a bug in callgate, please report it: " << what << std::endl;
    std::_Exit(kExitBug);
}

}  // namespace callgate::core
