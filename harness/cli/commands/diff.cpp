#include "profiles/diff.h"

#include "harness/cli/candidate.h"
#include "harness/cli/command.h"
#include "harness/cli/options.h"

#include <CLI/CLI.hpp>

#include <ostream>

namespace callgate::cli {

namespace {

int run(const Invocation& invocation) {
    std::string a;
    std::string b;
    std::string format = "text";
    CLI::App app{"Compare two profiles, by system call and argument rule.", "callgate diff"};
    app.add_option("a", a, "the first profile")->required();
    app.add_option("b", b, "the second profile")->required();
    app.add_option("--format", format, "how to print it")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    app.footer("Order and formatting are no difference. exit codes: 0 alike, 1 they differ, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;

    core::Diagnostics diagnostics;
    const auto first = load_profile(a, a, {}, diagnostics);
    const auto second = load_profile(b, b, {}, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!first || !second) return kUnusable;
    const auto differences = profiles::diff(*first, *second);
    invocation.out << (format == "json"       ? profiles::render_json(differences)
                       : format == "markdown" ? profiles::render_markdown(differences)
                                              : profiles::render_text(differences));
    return differences.empty() ? kOk : kFindings;
}

}  // namespace

extern const Command diff_command;
const Command diff_command{"diff", "compare two profiles", run};

}  // namespace callgate::cli
