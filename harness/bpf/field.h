#pragma once

#include "harness/model/call.h"

#include <cstddef>
#include <cstdint>

namespace callgate::bpf {

/// The 64-bit parts of a call that a condition can be about.
enum class Field : std::uint8_t { arg0, arg1, arg2, arg3, arg4, arg5, instruction_pointer };

constexpr std::size_t kFields = 7;

/// The part of the call.
constexpr std::uint64_t value_of(const model::Call& call, Field field) {
    return field == Field::instruction_pointer ? call.instruction_pointer
                                               : call.args.at(static_cast<std::size_t>(field));
}
constexpr void set_value(model::Call& call, Field field, std::uint64_t value) {
    (field == Field::instruction_pointer ? call.instruction_pointer : call.args.at(static_cast<std::size_t>(field))) =
        value;
}

}  // namespace callgate::bpf
