#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/profile.h"

#include <optional>
#include <span>
#include <string_view>

namespace callgate::profiles {

/// One way of writing a profile down. Each file of `formats/` exports one constant of this type.
struct ProfileFormat {
    std::string_view name;     ///< "oci"
    std::string_view summary;  ///< one line for `callgate list formats`

    /// True when the value looks as if it was meant to be in this format, mistakes included. Says nothing.
    bool (*recognises)(const document::Node& root);

    /// The profile, or none after every mistake was reported. `Profile::name` is the name of the source.
    std::optional<model::Profile> (*read)(const document::Node& root, core::Diagnostics& diagnostics);
};

/// All of them, in the order of `formats.inc`: the first that recognises an input reads it.
std::span<const ProfileFormat* const> formats();

}  // namespace callgate::profiles
