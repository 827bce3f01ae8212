#include "harness/cli/command.h"

#include <unistd.h>

#include <iostream>

extern char** environ;  // NOLINT(readability-redundant-declaration): unistd.h has it only with _GNU_SOURCE

int main(int argc, char** argv) {
    using namespace callgate;
    std::map<std::string, std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    core::Cancel cancel;
    const std::vector<std::string> words{argv, argv + argc};
    return cli::dispatch({words,
                          {words.begin() + (argc > 2 ? 2 : argc), words.end()},
                          std::move(environment),
                          std::cout,
                          std::cerr,
                          ::isatty(STDOUT_FILENO) == 1,
                          ::isatty(STDERR_FILENO) == 1,
                          cancel});
}
