#pragma once

#include "harness/bpf/program.h"
#include "harness/core/diagnostics.h"
#include "harness/core/result.h"
#include "harness/document/node.h"
#include "harness/model/profile.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callgate::profiles {

/// A text to be read. Borrowed.
struct Input {
    document::Source source;
    const document::Node* root = nullptr;  ///< the JSON value that the text is; null when it is none
};

/// What a reader may need besides the text.
struct ReadOptions {
    std::string format{};                   ///< the name of a format; "" for whichever recognises the text
    std::string document{};                 ///< of several profiles in one text: the name of the one that is meant
    std::vector<document::Source> bases{};  ///< texts in which a base profile may be found by its name
    /// Another text that the profile names: by the path, as it is written there. Null where none may be opened.
    std::function<core::Result<document::Source>(const std::string& path)> open{};
};

/// What a file under test holds: rules, or the compiled filter itself, about which nothing else is known.
using Content = std::variant<model::Profile, bpf::Program>;

/// A profile in some format, and what could not be said in it: one line each, beginning with the place or the name.
struct Written {
    std::string text;
    std::vector<std::string> losses;
};

/// One way of writing a profile down. Each file of `formats/` exports one constant of this type.
struct ProfileFormat {
    std::string_view name;     ///< "oci"
    std::string_view summary;  ///< one line for `callgate list formats`

    /// True when the text looks as if it was meant to be in this format, mistakes included. Says nothing.
    bool (*recognises)(const Input& input);

    /// What the text holds, or none after every mistake was reported. `Profile::name` is the name of the source.
    /// An observation (what a log saw) is read as the profile that permits what was seen.
    std::optional<Content> (*read)(const Input& input, const ReadOptions& options, core::Diagnostics& diagnostics);

    /// The profile in this format; null for a format that is only read. What the format cannot say is written in the
    /// stricter way (a call is refused rather than permitted) and said. Takes profiles of any kind where
    /// `says_conditions`, otherwise only those that are not conditional.
    core::Result<Written> (*write)(const model::Profile& profile) = nullptr;

    bool says_conditions = false;
};

/// All of them, in the order of `formats.inc`: the first that recognises an input reads it.
std::span<const ProfileFormat* const> formats();

/// The format of that name, or null.
const ProfileFormat* find_format(std::string_view name);

}  // namespace callgate::profiles
