#include "profiles/port.h"

#include "harness/cli/command.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/cli/resolved.h"
#include "harness/core/printable.h"
#include "profiles/by_name.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace callgate::cli {

namespace {

struct PortOptions {
    std::string file;
    std::string to;
    std::string output_format;
    std::string out;
    bool strict = false;
    bool force = false;
    ProfileOptions reading;
};

void declare(CLI::App& app, PortOptions& options) {
    app.add_option("profile", options.file, "the profile, in any format (callgate list formats)")->required();
    app.add_option("--to", options.to, "the architecture: aarch64, riscv64, arm, i386...")->required();
    app.add_option("--output-format", options.output_format,
                   "the format to write; default: that of the profile, or oci where it is only read")
        ->check(CLI::IsMember(written_formats()));
    app.add_option("-o,--out", options.out, "where it goes; without it, standard output");
    app.add_flag("--strict", options.strict, "write nothing when something cannot be carried over exactly");
    app.add_flag("--force", options.force, "overwrite the file that is there");
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.footer(
        "Writes what a profile that was made on one architecture needs on another one, from the tables of system\n"
        "calls: openat in place of open, with the same conditions. All of it is predicted and not observed: each\n"
        "such rule is a line on standard error, and says so in its comment where the format has comments (docker,\n"
        "containers). A call is never permitted more than the one that it stands in for. Run the workload there in\n"
        "log mode before you rely on it. A profile that has conditions for the other architecture is better resolved\n"
        "for it: callgate resolve --as docker,arch=arm64.\n\n"
        "exit codes: 0 written, 1 --strict and something could not be carried over, 2 unusable input\n\n"
        "example: callgate port nginx.json --to aarch64 --output-format docker -o nginx-aarch64.json");
}

std::string count(std::size_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

int write(const PortOptions& options, const profiles::Ported& ported, const Invocation& invocation) {
    const auto* format =
        profiles::find_format(options.output_format.empty() ? ported.profile.format : options.output_format);
    if (format == nullptr || format->write == nullptr) format = profiles::find_format("oci");
    const auto written = format->write(ported.profile);
    if (!written) return complain(invocation, written.error().message);
    std::size_t stricter = 0;
    for (const auto& note : ported.notes) {
        stricter += note.kind == profiles::PortNote::Kind::stricter ? 1 : 0;
        invocation.err << name_of(note.kind) << ": " << core::printable(profiles::at(note.span, note.text)) << "\n";
    }
    for (const auto& loss : written->losses) invocation.err << "lost: " << core::printable(loss) << "\n";
    invocation.err << fmt::format("{} kept, {} predicted and not observed, {} without the call there\n",
                                  count(ported.kept, "name", "names"), count(ported.added, "rule", "rules"),
                                  count(ported.lost, "name", "names"));
    if (options.strict && stricter != 0) {
        return complain(invocation,
                        fmt::format("--strict: nothing is written, {} could not be carried over exactly",
                                    count(stricter, "thing", "things")),
                        kFindings);
    }
    return write_result(written->text, options.out, options.force, invocation).value_or(kOk);
}

int run(const Invocation& invocation) {
    PortOptions options;
    CLI::App app{"Write what a profile needs on another architecture, as predicted.", "callgate port"};
    declare(app, options);
    if (const auto code = parse(app, invocation)) return *code;
    const auto to = arch_option("--to", options.to);
    if (!to) return complain(invocation, to.error().message);

    core::Diagnostics diagnostics;
    const auto content = load_resolved(options.file, options.file, {}, options.reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!content || diagnostics.has_errors()) return kUnusable;
    const auto* resolved = std::get_if<Resolved>(&*content);
    if (resolved == nullptr) {
        return complain(invocation, fmt::format("'{}' is a compiled filter: its rules cannot be known again from it",
                                                options.file));
    }
    const auto& profile = resolved->profile;
    const auto ported = profiles::port(profile, profiles::made_on(profile), *to);
    if (!ported) return complain(invocation, ported.error().message);
    return write(options, *ported, invocation);
}

}  // namespace

extern const Command port_command;
const Command port_command{"port", "write what a profile needs on another architecture", run};

}  // namespace callgate::cli
