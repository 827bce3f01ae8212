#pragma once

#include "harness/core/span.h"
#include "harness/document/node.h"

#include <optional>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// The mark of a format that callgate knows of and does not read yet.
struct Foreign {
    std::string key;
    core::Span span;
    std::string_view owner;  ///< "Docker's profile format"
    std::string_view hint;
};

/// The first key of the input that only such a format has; none when there is none.
std::optional<Foreign> find_foreign(const document::Node& root);

}  // namespace callgate::profiles
