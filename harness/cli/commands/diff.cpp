#include "profiles/diff.h"

#include "harness/cli/command.h"
#include "harness/cli/filter.h"
#include "harness/cli/options.h"

#include <CLI/CLI.hpp>

#include <ostream>

namespace callgate::cli {

namespace {

int run(const Invocation& invocation) {
    std::string a;
    std::string b;
    std::string format = "text";
    std::string only;
    bool verbose = false;
    CLI::App app{"Compare what two profiles do with every system call.", "callgate diff"};
    app.add_option("a", a, "the first profile")->required();
    app.add_option("b", b, "the second profile")->required();
    ProfileOptions reading;
    declare_reading(app, reading);
    declare_target(app, reading);
    app.add_option("--format", format, "how to print it")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    app.add_option("--only", only, "nothing but what is newly permitted, newly refused, or answered otherwise")
        ->check(CLI::IsMember({"permitted", "refused", "otherwise"}));
    app.add_flag("-v,--verbose", verbose, "name every call, also on architectures that only one of them lists");
    app.footer(
        "Compares the compiled filters: order, formatting and rules that never decide are no difference.\n"
        "exit codes: 0 alike, 1 they differ (with --only: in this way), 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;

    core::Diagnostics diagnostics;
    const auto first = load_filter(a, reading, diagnostics);
    const auto second = load_filter(b, reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!first || !second) return kUnusable;
    auto differences = profiles::diff(*first, *second);
    if (!differences) return complain(invocation, differences.error().message);
    if (only == "permitted") profiles::keep_only(*differences, profiles::Effect::permitted);
    if (only == "refused") profiles::keep_only(*differences, profiles::Effect::refused);
    if (only == "otherwise") profiles::keep_only(*differences, profiles::Effect::otherwise);
    invocation.out << (format == "json"       ? profiles::render_json(*differences)
                       : format == "markdown" ? profiles::render_markdown(*differences)
                                              : profiles::render_text(*differences, verbose));
    return differences->empty() ? kOk : kFindings;
}

}  // namespace

extern const Command diff_command;
const Command diff_command{"diff", "compare what two profiles permit and refuse", run};

}  // namespace callgate::cli
