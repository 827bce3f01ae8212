#include "harness/bpf/prime_cubes.h"

#include "harness/bpf/call_bits.h"

#include <algorithm>

namespace callgate::bpf {

namespace {

class Cover {
public:
    Cover(Diagrams& diagrams, std::size_t limit) : d_{diagrams}, limit_{limit} {}

    /// Adds cubes that together are a set between `least` and `most`, each within `path`. Gives that set.
    Diagram between(Diagram least, Diagram most, const Cube& path) {
        if (least == Diagrams::kNever || gave_up()) return Diagrams::kNever;
        d_.spend(1);
        if (most == Diagrams::kAlways) {
            cubes_.push_back(path);
            return Diagrams::kAlways;
        }
        const auto top = std::min(d_.first_bit(least), d_.first_bit(most));
        const auto least_low = d_.with(least, top, false);
        const auto least_high = d_.with(least, top, true);
        const auto most_low = d_.with(most, top, false);
        const auto most_high = d_.with(most, top, true);
        const auto bit = value_of(top);
        // What the other half may not have needs cubes that ask for the bit.
        const auto low = between(d_.both(least_low, d_.negate(most_high)), most_low, {path.mask | bit, path.value});
        const auto high =
            between(d_.both(least_high, d_.negate(most_low)), most_high, {path.mask | bit, path.value | bit});
        const auto left = d_.either(d_.both(least_low, d_.negate(low)), d_.both(least_high, d_.negate(high)));
        const auto either = between(left, d_.both(most_low, most_high), path);
        return d_.node(top, d_.either(low, either), d_.either(high, either));
    }

    [[nodiscard]] bool gave_up() const { return cubes_.size() > limit_ || d_.spent(); }
    [[nodiscard]] const std::vector<Cube>& cubes() const { return cubes_; }

private:
    Diagrams& d_;
    std::size_t limit_;
    std::vector<Cube> cubes_;
};

}  // namespace

std::optional<std::vector<Cube>> prime_cubes(Diagrams& diagrams, Diagram set, std::size_t limit) {
    Cover cover{diagrams, limit};
    cover.between(set, set, {});
    if (cover.gave_up()) return std::nullopt;
    return cover.cubes();
}

}  // namespace callgate::bpf
