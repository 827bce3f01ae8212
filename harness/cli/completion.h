#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::cli {

/// An option as a shell completes it.
struct OptionWords {
    std::vector<std::string> spellings;  ///< "-m", "--mode"
    std::string summary;                 ///< one line
    bool takes_value = false;
    std::vector<std::string> choices;  ///< the values there are; empty: any, and so perhaps a file
};

/// A command as a shell completes it.
struct CommandWords {
    std::string name;
    std::string summary;
    std::vector<OptionWords> options;
    std::vector<std::string> choices;  ///< what its argument may be; empty: any, and so perhaps a file
};

/// A shell, and how its completions are written.
struct CompletionShell {
    std::string_view name;
    std::string (*script)(const std::vector<CommandWords>& commands);
};

/// bash, zsh, fish.
std::span<const CompletionShell> completion_shells();

}  // namespace callgate::cli
