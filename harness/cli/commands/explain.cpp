#include "profiles/explain.h"

#include "harness/cli/command.h"
#include "harness/cli/filter.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/core/number.h"
#include "harness/decode/read_argument.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "profiles/lint.h"
#include "profiles/summary.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <optional>
#include <ostream>

namespace callgate::cli {

namespace {

struct Options {
    std::string profile;
    std::string syscall;
    std::vector<std::string> args;
    std::string arch;
    bool verbose = false;
    ProfileOptions reading;
};

/// The call without arguments, by its name or number.
core::Result<model::Call> read_call(model::Arch arch, const std::string& word) {
    model::Call call;
    call.audit_arch = model::audit_arch(arch);
    if (const auto nr = model::syscall_number(arch, word)) {
        call.nr = *nr;
        return call;
    }
    if (const auto nr = core::number_in<std::int32_t>(word)) {
        call.nr = *nr;
        return call;
    }
    if (model::known_syscall(word)) {
        return core::fail(fmt::format("{} has no system call '{}'; --arch NAME asks about another architecture",
                                      model::arch_name(arch), word));
    }
    const auto near = model::closest_syscall(word);
    return core::fail(fmt::format("there is no system call '{}'{}", word,
                                  near ? fmt::format("; did you mean '{}'?", *near) : std::string{}));
}

core::Result<std::string> explanation(const profiles::Filter& filter, const Options& options) {
    if (options.syscall.empty()) return profiles::summarise(filter);
    auto arch = core::Result{model::native_arch()};
    if (!options.arch.empty()) arch = arch_option("--arch", options.arch);
    if (!arch) return core::fail(arch.error());
    auto call = read_call(*arch, options.syscall);
    if (!call) return core::fail(call.error());
    if (options.args.empty() && !options.verbose) return profiles::explain_name(filter, *call);
    decode::Touched given;
    for (unsigned i = 0; i < options.args.size(); ++i) {
        const auto value = decode::read_argument(*call, i, options.args[i]);
        if (!value) return core::fail(value.error());
        call->args.at(i) = *value;
        given.set(i);
    }
    return profiles::explain_call(filter, *call, given, options.verbose);
}

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Say what a profile does with a system call, and why.", "callgate explain"};
    app.add_option("profile", options.profile, "the profile; or a finding of lint, CG0012, to read its page")
        ->required();
    app.add_option("syscall", options.syscall, "its name or number; without it the whole profile is explained");
    app.add_option("args", options.args, "the arguments, as numbers or names: CLONE_NEWUSER|SIGCHLD, AF_INET, -1")
        ->expected(0, 6);
    app.add_option("--arch", options.arch,
                   "of which architecture the call is: x86_64, i386, aarch64...; default: this one");
    app.add_flag("-v,--verbose", options.verbose,
                 "the instructions that the kernel executes; arguments not given are 0");
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.footer("exit codes: 0 explained, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;
    if (const auto* rule = options.syscall.empty() ? profiles::find_lint_rule(options.profile) : nullptr) {
        invocation.out << profiles::lint_page(*rule);
        return kOk;
    }

    core::Diagnostics diagnostics;
    const auto filter = load_filter(options.profile, options.reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!filter) return kUnusable;
    const auto text = explanation(*filter, options);
    if (!text) return complain(invocation, text.error().message);
    invocation.out << *text;
    return kOk;
}

}  // namespace

extern const Command explain_command;
const Command explain_command{"explain", "say what a profile does with a call, and why", run};

}  // namespace callgate::cli
