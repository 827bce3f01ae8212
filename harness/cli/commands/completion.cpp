#include "harness/cli/completion.h"

#include "harness/cli/command.h"
#include "harness/cli/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>
#include <string>

namespace callgate::cli {

namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// What CLI::IsMember left in the name of the type: "TEXT:{kept,fresh,none}".
std::vector<std::string> choices_of(const CLI::Option& option) {
    const auto type = option.get_type_name();
    const auto open = type.find('{');
    const auto close = type.rfind('}');
    std::vector<std::string> choices;
    if (open == std::string::npos || close == std::string::npos) return choices;
    for (auto& choice : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
        choices.push_back(std::move(choice));
    return choices;
}

OptionWords words_of(const CLI::Option& option) {
    OptionWords words;
    for (const auto& name : option.get_snames()) words.spellings.push_back("-" + name);
    for (const auto& name : option.get_lnames()) words.spellings.push_back("--" + name);
    words.summary = first_line(option.get_description());
    words.takes_value = option.get_items_expected_max() > 0;
    words.choices = choices_of(option);
    return words;
}

/// The table that the command's --help is made of.
CommandWords words_of(const Command& command, const Invocation& invocation) {
    CommandWords words{std::string{command.name}, std::string{command.summary}, {}, {}};
    auto asked = invocation;
    asked.describe = [&](const CLI::App& app) {
        for (const auto* option : app.get_options()) {
            if (option->get_positional()) {
                if (words.choices.empty()) words.choices = choices_of(*option);
            } else {
                words.options.push_back(words_of(*option));
            }
        }
    };
    command.run(asked);
    return words;
}

int run(const Invocation& invocation) {
    std::string wanted;
    std::vector<std::string> names;
    for (const auto& shell : completion_shells()) names.emplace_back(shell.name);
    CLI::App app{"Write the completions of a shell.", "callgate completion"};
    app.add_option("shell", wanted, "whose completions")->required()->check(CLI::IsMember(names));
    app.footer("The package installs them. By hand: eval \"$(callgate completion bash)\"");
    if (const auto code = parse(app, invocation)) return *code;
    std::vector<CommandWords> words;
    for (const auto* command : commands()) words.push_back(words_of(*command, invocation));
    const auto shells = completion_shells();
    const auto* shell =
        &*std::find_if(shells.begin(), shells.end(), [&](const CompletionShell& one) { return one.name == wanted; });
    invocation.out << shell->script(words);
    return kOk;
}

}  // namespace

extern const Command completion_command;
const Command completion_command{"completion", "write the completions of bash, zsh or fish", run};

}  // namespace callgate::cli
