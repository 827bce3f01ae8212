#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/diagram.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace callgate::bpf {

/// How much there is to read: one for each test, and one for each mask and each further range in it.
std::size_t length_of(const std::vector<std::vector<Test>>& alternatives);

/// A set of values of one field, as alternatives of tests, in the shortest of the forms that people use: a range, bits
/// under a mask, a range of what is under a mask, a list of values, one of these without another, two of these. Where
/// none fits: bits under masks, as few as are easy to find. `set` is a condition on bits of `field` alone, neither
/// kNever nor kAlways. None when it takes more than `limit` alternatives, or the allowance of `diagrams` is spent.
std::optional<std::vector<std::vector<Test>>> in_tests(Diagrams& diagrams, Field field, Diagram set, std::size_t limit);

}  // namespace callgate::bpf
