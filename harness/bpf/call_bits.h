#pragma once

#include "harness/bpf/diagram.h"
#include "harness/bpf/field.h"

#include <cstddef>
#include <cstdint>

namespace callgate::bpf {

// The bits of a call in the order in which diagrams ask for them: architecture, number, fields; each from its highest
// bit down. A comparison by order is small this way, also one of 64 bits that a filter does in two halves.

constexpr Bit kWordBits = 32;
constexpr Bit kFieldBits = 64;
constexpr Bit kArchBits = 0;
constexpr Bit kNumberBits = kWordBits;
constexpr Bit kFieldsBegin = 2 * kWordBits;

/// The bits of a field begin here.
constexpr Bit first_bit_of(Field field) {
    return static_cast<Bit>(kFieldsBegin + static_cast<Bit>(field) * kFieldBits);
}
/// Bit `position` of the field, 0 the lowest.
constexpr Bit bit_of(Field field, unsigned position) {
    return static_cast<Bit>(first_bit_of(field) + kFieldBits - 1 - position);
}
/// The field of a bit that is none of architecture or number.
constexpr Field field_of(Bit bit) {
    return static_cast<Field>((bit - kFieldsBegin) / kFieldBits);
}
/// The bit of a field's value that a bit of the call is.
constexpr std::uint64_t value_of(Bit bit) {
    return std::uint64_t{1} << (kFieldBits - 1 - (bit - kFieldsBegin) % kFieldBits);
}
/// The first of the 32 bits, highest first, that a load from this offset in struct seccomp_data sees.
Bit first_bit_at(std::uint32_t offset);

}  // namespace callgate::bpf
