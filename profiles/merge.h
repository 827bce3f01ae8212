#pragma once

#include "harness/core/result.h"
#include "harness/model/profile.h"
#include "profiles/answers.h"
#include "profiles/filter.h"

#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// One profile of several: `any` lists every architecture that one of them lists, `all` those that every one lists.
/// Default action and settings are the first profile's where they leave a choice (prevails()). Argument filters are
/// kept apart; rules are grouped by what they say, their names sorted, and a comment stays with the names that it was
/// for. Where what comes of a call's argument filters breaks the promise (is_broken_by()), its arguments are passed
/// over: `any` permits it, `all` refuses it. Each filter has a profile. Fails where they are made for different
/// machines. What else it is, prove() says.
core::Result<model::Profile> merge(std::span<const Filter> inputs, Combination how);

/// What becomes of architectures that not all of them list, and of settings in which they differ: one line each.
std::vector<std::string> merge_notes(std::span<const Filter> inputs, Combination how, const model::Profile& merged);

}  // namespace callgate::profiles
