#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"

#include <map>
#include <string>

namespace callgate::document {

/// Replaces every `${name}` in the scalars of a tree (not in keys); `$${` stands for a plain `${`.
/// An unknown name is reported at its place, with the nearest known one. A scalar that is nothing but one
/// `${name}` may become a number: it counts as unquoted then.
Node expand(const Node& node, const std::map<std::string, std::string>& variables, core::Diagnostics& diagnostics);

}  // namespace callgate::document
