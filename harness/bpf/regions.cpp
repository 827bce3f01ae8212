#include "harness/bpf/regions.h"

#include "harness/bpf/call_bits.h"
#include "harness/bpf/example.h"
#include "harness/bpf/to_condition.h"
#include "harness/model/arch.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace callgate::bpf {

namespace {

using Ranges = std::vector<WordRange>;

/// One word (architecture or number) by what is asked of the bits behind it.
using ByRest = std::map<Diagram, Ranges>;

class Pieces {
public:
    Pieces(Diagrams& diagrams, const std::function<bool(std::uint64_t)>& wanted, std::size_t limit)
        : d_{diagrams}, wanted_{wanted}, limit_{limit} {}

    core::Result<std::vector<Piece>> of(Diagram function) {
        ByRest archs;
        split(function, kArchBits, archs);
        std::map<Diagram, std::vector<Calls>> calls_of;  // by what is asked of arguments
        for (const auto& [behind_arch, in_archs] : archs) {
            ByRest numbers;
            split(behind_arch, kNumberBits, numbers);
            for (auto& [behind_number, in_numbers] : numbers) {
                calls_of[behind_number].push_back({in_archs, std::move(in_numbers)});
            }
        }
        std::vector<Piece> pieces;
        for (auto& [decision, calls] : calls_of) {
            if (d_.spent()) break;
            std::sort(calls.begin(), calls.end(), earlier);
            if (auto done = add(decision, calls, pieces); !done) return core::fail(done.error());
        }
        if (d_.spent()) return core::fail("too complex: the answers depend on arguments or numbers in too many ways");
        std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
            return std::make_tuple(several(a.calls.front()), a.witness, a.value) <
                   std::make_tuple(several(b.calls.front()), b.witness, b.value);
        });
        return pieces;
    }

private:
    /// Whether no single architecture is meant.
    static bool several(const Calls& calls) { return calls.archs.front().first != calls.archs.front().last; }

    static bool earlier(const Calls& a, const Calls& b) {
        return std::make_tuple(several(a), a.archs, a.numbers) < std::make_tuple(several(b), b.archs, b.numbers);
    }

    /// Adds the values of the word at `begin` to `found`, in ascending order.
    void split(Diagram function, Bit begin, ByRest& found) {
        const auto visit = [&](const auto& self, Diagram d, Bit at, std::uint32_t value) -> void {
            if (d_.spent()) return;
            d_.spend(1);
            if (d_.first_bit(d) >= begin + kWordBits) {
                const auto open = at == begin ? ~0U : (1U << (begin + kWordBits - at)) - 1;
                auto& ranges = found[d];
                if (!ranges.empty() && ranges.back().last + 1 == value) {
                    ranges.back().last = value | open;
                } else {
                    d_.spend(kStepsOfRange);
                    ranges.push_back({value, value | open});
                }
                return;
            }
            const auto next = static_cast<Bit>(at + 1);
            self(self, d_.with(d, at, false), next, value);
            self(self, d_.with(d, at, true), next, value | 1U << (begin + kWordBits - next));
        };
        visit(visit, function, begin, 0);
    }

    /// The pieces of what is decided about the same arguments of all these calls.
    core::Status add(Diagram decision, const std::vector<Calls>& calls, std::vector<Piece>& pieces) {
        std::set<Diagram> leaves;
        d_.replace_ends(decision, d_.first_bit(Diagrams::kAlways),
                        [&](Diagram leaf) { return *leaves.insert(leaf).first; });
        for (const auto leaf : leaves) {
            const auto value = d_.value(leaf);
            if (!wanted_(value) || d_.spent()) continue;
            if (pieces.size() == limit_) {
                return core::fail(fmt::format("too complex: there are more than {} regions", limit_));
            }
            const auto where = d_.equals(decision, value);
            const auto condition = to_condition(d_, where);
            if (!condition) {
                return core::fail(fmt::format(
                    "too complex: when a call is answered with {:#x} depends on arguments in too many ways", value));
            }
            pieces.push_back({calls, *condition, value, witness_of(calls.front(), where)});
        }
        return {};
    }

    /// The smallest arguments for which the condition holds; of many architectures one that exists.
    [[nodiscard]] model::Call witness_of(const Calls& calls, Diagram condition) const {
        model::Call call;
        call.nr = static_cast<std::int32_t>(calls.numbers.front().first);
        call.audit_arch = calls.archs.front().first;
        if (several(calls)) {
            for (const auto& info : model::known_archs()) {
                const auto arch = model::audit_arch(info.arch);
                if (!contains({calls}, arch, call.nr)) continue;
                call.audit_arch = arch;
                break;
            }
        }
        return smallest(d_, condition, call);
    }

    static constexpr std::size_t kStepsOfRange = 4;

    Diagrams& d_;
    const std::function<bool(std::uint64_t)>& wanted_;
    std::size_t limit_;
};

}  // namespace

core::Result<std::vector<Piece>> pieces_of(Diagrams& diagrams, Diagram function,
                                           const std::function<bool(std::uint64_t)>& wanted, std::size_t limit) {
    return Pieces{diagrams, wanted, limit}.of(function);
}

}  // namespace callgate::bpf
