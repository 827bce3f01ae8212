#include "profiles/convert.h"

#include "harness/cli/command.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/core/printable.h"
#include "profiles/resolve.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>

namespace callgate::cli {

namespace {

int run(const Invocation& invocation) {
    std::string file;
    std::string to;
    std::string out;
    bool strict = false;
    bool force = false;
    ProfileOptions reading;
    CLI::App app{"Write a profile in another format, and say what the format has no words for.", "callgate convert"};
    app.add_option("profile", file, "the profile, in any format (callgate list formats)")->required();
    app.add_option("--to", to, "the format to write")->required()->check(CLI::IsMember(written_formats()));
    app.add_option("-o,--out", out, "where it goes; without it, standard output");
    app.add_flag("--strict", strict, "write nothing when something is lost");
    app.add_flag("--force", force, "overwrite the file that is there");
    declare_reading(app, reading);
    declare_target(app, reading);
    app.footer(
        "Every loss is a line on standard error. What a format cannot say is written in the stricter way: a call is\n"
        "refused rather than permitted. Conditions of Docker's and Podman's formats are decided for the target of\n"
        "--as where the other format has none.\n\n"
        "exit codes: 0 written, 1 --strict and something would be lost, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;

    core::Diagnostics diagnostics;
    const auto content = load_content(file, file, {}, reading, diagnostics);
    auto target = target_of(reading, diagnostics);
    invocation.err << core::render(diagnostics);
    if (!content || diagnostics.has_errors()) return kUnusable;
    const auto* profile = std::get_if<model::Profile>(&*content);
    if (profile == nullptr)
        return complain(invocation,
                        fmt::format("'{}' is a compiled filter: its rules cannot be known again from it", file));
    if (!target) target = profiles::own_target(*profile, host_kernel());
    const auto written = profiles::convert(*profile, *profiles::find_format(to), *target);
    if (!written) return complain(invocation, written.error().message);
    for (const auto& loss : written->losses) invocation.err << "lost: " << core::printable(loss) << "\n";
    if (strict && !written->losses.empty()) {
        return complain(invocation,
                        fmt::format("--strict: nothing is written, {} {} lost", written->losses.size(),
                                    written->losses.size() == 1 ? "thing would be" : "things would be"),
                        kFindings);
    }
    return write_result(written->text, out, force, invocation).value_or(kOk);
}

}  // namespace

extern const Command convert_command;
const Command convert_command{"convert", "write a profile in another format, and say what is lost", run};

}  // namespace callgate::cli
