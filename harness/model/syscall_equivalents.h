#pragma once

#include "harness/model/arch.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace callgate::model {

/// What does on an architecture the work of a call that it lacks.
struct Equivalent {
    std::vector<std::string_view> names;  ///< all that C libraries call in its place; empty: nothing does
    std::string_view why;                 ///< what a program or a C library does instead, or why there is nothing
};

/// None where the architecture has the call itself, and where nothing is known. Predicted from the tables and from what
/// glibc and musl do, not observed. Any thread.
std::optional<Equivalent> equivalent(Arch arch, std::string_view name);

/// Every call that has an entry, sorted by name: all that x86_64 or i386 has and aarch64 or riscv64 lacks are among
/// them.
std::vector<std::string_view> calls_with_equivalents();

}  // namespace callgate::model
