#include "profiles/resolve.h"

#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/core/printable.h"
#include "profiles/compare_targets.h"
#include "profiles/program_bytes.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>

namespace callgate::cli {

namespace {

struct ResolveOptions {
    std::string file;
    ProfileOptions reading;
    std::string compare;
    std::string out;
    std::string bpf;
    std::string format;
    bool force = false;
};

void declare(CLI::App& app, ResolveOptions& options) {
    app.add_option("profile", options.file, "the profile, in any format (callgate list formats)")->required();
    declare_target(app, options.reading);
    app.add_option("--compare", options.compare,
                   "several targets, as --as has them, separated by commas: docker,containerd,crio");
    app.add_option(
           "--format", options.format,
           "json: the profile for the runtime-spec, or the table of --compare; text: what was decided and why,\n"
           "or the table; markdown: the table. default: json, and text with --compare")
        ->check(CLI::IsMember({"text", "json", "markdown"}));
    app.add_option("--bpf", options.bpf, "also write the filter that the runtime installs to FILE");
    app.add_option("-o,--out", options.out, "where the result goes; without it, standard output");
    app.add_flag("--force", options.force, "overwrite files that are there");
    declare_reading(app, options.reading);
    app.footer(
        "Says what a container engine, its runtime and its libseccomp make of a profile on a host: which rules hold,\n"
        "which architectures are filtered, which names are dropped, and runc's answer to numbers above the last "
        "named.\n\n"
        "exit codes: 0 done, or the targets agree; 1 the targets disagree; 2 unusable input\n\n"
        "example: callgate resolve default.json --compare docker,containerd");
}

std::string described(const profiles::Resolution& resolution, const profiles::Compiled& compiled,
                      const profiles::Target& target) {
    std::string out = fmt::format("{}\n", describe(target));
    out += profiles::render_decisions(resolution.decisions);
    out += fmt::format("the filter has {} instructions{}\n", compiled.program.size(),
                       has_enosys_stub(target) ? ", runc's answer to unknown numbers among them" : "");
    const auto refused = profiles::refused_at_start(compiled.program, target);
    if (!refused.empty()) {
        out +=
            fmt::format("the container does not start: {} itself needs {}\n", target.runtime, fmt::join(refused, ", "));
    }
    return core::printable_lines(out);
}

int compare(const ResolveOptions& options, const model::Profile& profile, const Invocation& invocation) {
    const auto targets = profiles::read_targets(options.compare, host_kernel());
    if (!targets) return complain(invocation, "--compare: " + targets.error().message);
    if (targets->size() < 2) return complain(invocation, "--compare: at least two targets");
    const auto comparison = profiles::compare_targets(profile, *targets);
    if (!comparison) return complain(invocation, comparison.error().message);
    const auto text = options.format == "json"       ? render_json(*comparison)
                      : options.format == "markdown" ? render_markdown(*comparison)
                                                     : render_text(*comparison);
    if (const auto code = write_result(text, options.out, options.force, invocation)) return *code;
    return comparison->differences.empty() ? kOk : kFindings;
}

int resolve(const ResolveOptions& options, const model::Profile& profile, const profiles::Target& target,
            const Invocation& invocation) {
    if (options.format == "markdown") return complain(invocation, "--format markdown goes with --compare");
    auto resolution = profiles::resolve(profile, target);
    const auto compiled = profiles::install(resolution.profile, target);
    // The rules can be shown all the same where only the filter is out of reach.
    const bool rules_only = has_other_byte_order(target) && options.format != "text" && options.bpf.empty();
    if (!compiled && !rules_only) return complain(invocation, compiled.error().message);
    std::string text;
    if (options.format == "text") {
        text = described(resolution, *compiled, target);
    } else {
        auto written = profiles::find_format("oci")->write(resolution.profile);
        if (!written) return complain(invocation, written.error().message);
        text = std::move(written->text);
    }
    if (!options.bpf.empty()) {
        const auto bytes = profiles::program_bytes(compiled->program);
        if (const auto code = write_result(bytes, options.bpf, options.force, invocation)) return *code;
    }
    return write_result(text, options.out, options.force, invocation).value_or(kOk);
}

int run(const Invocation& invocation) {
    ResolveOptions options;
    CLI::App app{"Show what a runtime makes of a profile.", "callgate resolve"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return *code;
    if (options.reading.as.empty() == options.compare.empty())
        return complain(invocation, "give --as TARGET or --compare TARGET,TARGET");
    if (!options.compare.empty() && !options.bpf.empty()) return complain(invocation, "--bpf goes with --as");

    core::Diagnostics diagnostics;
    const auto content = load_content(options.file, options.file, {}, options.reading, diagnostics);
    const auto target = target_of(options.reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!content || diagnostics.has_errors()) return kUnusable;
    const auto* profile = std::get_if<model::Profile>(&*content);
    if (profile == nullptr) {
        return complain(invocation,
                        fmt::format("'{}' is a compiled filter: no target makes anything else of it", options.file));
    }
    return options.compare.empty() ? resolve(options, *profile, *target, invocation)
                                   : compare(options, *profile, invocation);
}

}  // namespace

extern const Command resolve_command;
const Command resolve_command{"resolve", "show what a container engine makes of a profile", run};

}  // namespace callgate::cli
