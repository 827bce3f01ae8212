#include "harness/cli/command.h"
#include "harness/cli/filter.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "profiles/disassembly.h"

#include <CLI/CLI.hpp>

#include <ostream>

namespace callgate::cli {

namespace {

int run(const Invocation& invocation) {
    std::string profile;
    ProfileOptions reading;
    CLI::App app{"Show the filter that a profile compiles to, with the rules that each instruction belongs to.",
                 "callgate disasm"};
    app.add_option("profile", profile, "the profile")->required();
    declare_reading(app, reading);
    declare_target(app, reading);
    app.footer("exit codes: 0 shown, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;

    core::Diagnostics diagnostics;
    const auto filter = load_filter(profile, reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!filter) return kUnusable;
    invocation.out << profiles::disassembly_text(*filter);
    return kOk;
}

}  // namespace

extern const Command disasm_command;
const Command disasm_command{"disasm", "show the compiled filter, with the rules behind it", run};

}  // namespace callgate::cli
