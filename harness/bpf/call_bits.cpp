#include "harness/bpf/call_bits.h"

#include <linux/seccomp.h>

#include <bit>

namespace callgate::bpf {

Bit first_bit_at(std::uint32_t offset) {
    if (offset == offsetof(seccomp_data, nr)) return kNumberBits;
    if (offset == offsetof(seccomp_data, arch)) return kArchBits;
    const bool first_half = offset % sizeof(std::uint64_t) == 0;
    const bool high = first_half == (std::endian::native == std::endian::big);
    const auto field = offset < offsetof(seccomp_data, args)
                           ? Field::instruction_pointer
                           : static_cast<Field>((offset - offsetof(seccomp_data, args)) / sizeof(std::uint64_t));
    return static_cast<Bit>(first_bit_of(field) + (high ? 0 : kWordBits));
}

}  // namespace callgate::bpf
