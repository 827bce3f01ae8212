#pragma once

#include "profiles/answers.h"

#include <vector>

namespace callgate::profiles {

/// Of the rules for one call, whether two share a comparison that is neither equality nor masked and test something
/// else as well. libseccomp 2.5.4 does not come to an end with many of those: arg0 < 5 and arg2 == 1 beside arg0 < 5
/// and arg3 == 1 is one example (seccomp_rule_add(3); measured with thousands of random rules: with no others).
bool share_a_test(const Clause& a, const Clause& b);

/// The same cases in other words (arg0 <= 4 for arg0 < 5), so that no two clauses of them share a test. A clause for
/// which no words are left goes.
void say_without_shared_tests(std::vector<Answers::Case>& cases);

}  // namespace callgate::profiles
