#pragma once

#include "harness/bpf/partition.h"
#include "harness/model/arch.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// What stands in ranges of numbers on one architecture.
struct Numbers {
    std::vector<std::pair<std::string_view, std::int32_t>> named;  ///< the calls, by number as a filter sees it
    std::vector<bpf::WordRange> unnamed;  ///< the rest, ascending; without the bit that marks x32
};

/// Tells the calls of an architecture in ranges of numbers as a filter sees them. Looks each architecture up once.
class KnownNumbers {
public:
    /// Those of the numbers that are of this architecture: x32 and x86_64 share one AUDIT_ARCH value.
    Numbers in(model::Arch arch, std::span<const bpf::WordRange> numbers);

private:
    using ByNumber = std::map<std::uint32_t, std::string_view>;
    const ByNumber& of(model::Arch arch);

    std::map<model::Arch, ByNumber> known_;
};

/// Calls of one name, or numbers without one, of one architecture.
struct KnownCalls {
    std::string_view name;                ///< "" for numbers without a name
    std::optional<model::Arch> arch;      ///< none: several at once, which a filter does not tell from each other
    std::vector<bpf::WordRange> numbers;  ///< those without a name; without the bit that marks x32
    model::Call witness;
};

/// Calls as a filter has them, by name. Each witness is `witness` with another architecture and number.
std::vector<KnownCalls> known_calls(KnownNumbers& known, const std::vector<bpf::Calls>& calls,
                                    const model::Call& witness);

/// The architectures that calls with this AUDIT_ARCH value can be of: two for x86_64.
std::vector<model::Arch> archs_of(std::uint32_t audit_arch);

/// The number of a call of this architecture as a filter sees it: with the bit that marks x32.
std::int32_t as_seen(model::Arch arch, std::uint32_t nr);

/// "335..423, 463, from 512": where the numbers end there is nothing behind. Negative ones, which no call has, are said
/// only where there are no others.
std::string number_words(std::span<const bpf::WordRange> ranges);

}  // namespace callgate::profiles
