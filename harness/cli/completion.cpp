#include "harness/cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace callgate::cli {

namespace {

using Commands = std::vector<CommandWords>;

/// A word for any of the three shells: nothing inside single quotes means anything to them.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string names_of(const Commands& commands) {
    std::vector<std::string_view> names;
    for (const auto& command : commands) names.emplace_back(command.name);
    return fmt::format("{}", fmt::join(names, " "));
}

/// One case for each option that has choices, one line for each command.
std::string bash(const Commands& commands) {
    std::string values;
    std::string words;
    for (const auto& command : commands) {
        std::vector<std::string> options;
        for (const auto& option : command.options) {
            options.insert(options.end(), option.spellings.begin(), option.spellings.end());
            if (option.choices.empty()) continue;
            std::vector<std::string> patterns;
            for (const auto& spelling : option.spellings)
                patterns.push_back(fmt::format("{}:{}", command.name, spelling));
            values += fmt::format("        {}) values={} ;;\n", fmt::join(patterns, " | "),
                                  quoted(fmt::format("{}", fmt::join(option.choices, " "))));
        }
        words += fmt::format("        {}) options={} arguments={} ;;\n", command.name,
                             quoted(fmt::format("{}", fmt::join(options, " "))),
                             quoted(fmt::format("{}", fmt::join(command.choices, " "))));
    }
    return fmt::format(R"bash(# Completions of callgate for bash; `callgate completion bash` writes them.
_callgate() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}}
    local values='' options='' arguments=''
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W '{}' -- "$word")
        return
    fi
    if [[ $word == = ]]; then
        word=''
    elif [[ $before == = ]]; then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    case $command:$before in
{}    esac
    case $command in
{}    esac
    if [[ -n $values ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ -n $arguments ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$arguments" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        compopt -o filenames 2>/dev/null
    fi
}}
complete -F _callgate callgate
)bash",
                       names_of(commands), values, words);
}

/// Text inside a specification of _arguments, in which these three mean something.
std::string zsh_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '[' || c == ']') out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_values(const std::vector<std::string>& choices) {
    return choices.empty() ? "_files" : fmt::format("({})", fmt::join(choices, " "));
}

std::string zsh(const Commands& commands) {
    std::string names;
    std::string cases;
    for (const auto& command : commands) {
        names += fmt::format("        {}\n", quoted(fmt::format("{}:{}", command.name, zsh_text(command.summary))));
        cases += fmt::format("    {})\n        _arguments -S", command.name);
        for (const auto& option : command.options) {
            for (const auto& spelling : option.spellings) {
                // --mode VALUE, --mode=VALUE; -m VALUE, -mVALUE
                const auto* joined = spelling.starts_with("--") ? "=" : "+";
                cases += " \\\n            " +
                         quoted(option.takes_value ? fmt::format("*{}{}[{}]:value:{}", spelling, joined,
                                                                 zsh_text(option.summary), zsh_values(option.choices))
                                                   : fmt::format("{}[{}]", spelling, zsh_text(option.summary)));
            }
        }
        cases += fmt::format(" \\\n            {}\n        ;;\n",
                             quoted(fmt::format("*:argument:{}", zsh_values(command.choices))));
    }
    return fmt::format(R"zsh(#compdef callgate
# Completions of callgate for zsh; `callgate completion zsh` writes them.
if ((CURRENT == 2)); then
    local -a commands=(
{}    )
    _describe command commands
    return
fi
shift words
((CURRENT--))
case $words[1] in
{}esac
)zsh",
                       names, cases);
}

/// Inside single quotes fish reads backslashes.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish(const Commands& commands) {
    std::string out = "# Completions of callgate for fish; `callgate completion fish` writes them.\n";
    for (const auto& command : commands) {
        out += fmt::format("complete -c callgate -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                           fish_quoted(command.summary));
    }
    for (const auto& command : commands) {
        const auto start = fmt::format("complete -c callgate -n '__fish_seen_subcommand_from {}'", command.name);
        if (!command.choices.empty())
            out += fmt::format("{} -f -a {}\n", start, fish_quoted(fmt::format("{}", fmt::join(command.choices, " "))));
        for (const auto& option : command.options) {
            out += start;
            for (const auto& spelling : option.spellings) {
                out += spelling.starts_with("--") ? " -l " + spelling.substr(2) : " -s " + spelling.substr(1);
            }
            if (option.takes_value) out += " -r";
            if (!option.choices.empty())
                out += " -f -a " + fish_quoted(fmt::format("{}", fmt::join(option.choices, " ")));
            out += fmt::format(" -d {}\n", fish_quoted(option.summary));
        }
    }
    return out;
}

constexpr std::array kShells{
    CompletionShell{"bash", bash},
    CompletionShell{"zsh", zsh},
    CompletionShell{"fish", fish},
};

}  // namespace

std::span<const CompletionShell> completion_shells() {
    return kShells;
}

}  // namespace callgate::cli
