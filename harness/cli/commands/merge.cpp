#include "profiles/merge.h"

#include "harness/cli/command.h"
#include "harness/cli/filter.h"
#include "harness/cli/names.h"
#include "harness/cli/options.h"
#include "harness/core/printable.h"
#include "profiles/by_name.h"
#include "profiles/merge_proof.h"
#include "profiles/semantics.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>
#include <utility>

namespace callgate::cli {

namespace {

using profiles::Combination;

struct Options {
    std::vector<std::string> files;
    Combination how = Combination::any;
    std::string to;
    std::string out;
    bool strict = false;
    bool force = false;
    ProfileOptions reading;
};

void say(const Invocation& invocation, std::string_view label, const std::string& text) {
    invocation.err << label << ": " << core::printable(text) << "\n";
}

/// The format to write: the one that was asked for, else that of the first profile where it can be written.
const profiles::ProfileFormat& format_for(const Options& options, const model::Profile& merged) {
    const auto* wanted = profiles::find_format(options.to.empty() ? merged.format : options.to);
    return wanted != nullptr && wanted->write != nullptr ? *wanted : *profiles::find_format("oci");
}

/// Says how the text, read back, differs from what was asked for. None: it is what it should be.
std::optional<int> complain_of(const profiles::MergeProof& proof, const Options& options,
                               const Invocation& invocation) {
    std::size_t inexact = 0;
    for (const auto& deviation : proof.permissions) {
        if (profiles::is_broken_by(options.how, deviation)) {
            const auto words = core::printable(profiles::to_words(options.how, deviation));
            return complain(invocation, fmt::format("nothing is written, the proof fails: {}", words), kFindings);
        }
        ++inexact;
        say(invocation, deviation.kind == profiles::Deviation::Kind::wider ? "wider" : "narrower",
            profiles::to_words(options.how, deviation));
    }
    for (const auto& deviation : proof.answers) say(invocation, "otherwise", to_words(options.how, deviation));
    for (const auto& name : proof.unlisted)
        say(invocation, "otherwise", fmt::format("too complex to list of {}: another errno, killed or logged", name));
    if (!options.strict || inexact == 0) return std::nullopt;
    return complain(invocation,
                    fmt::format("--strict: nothing is written, the {} is not exact",
                                options.how == Combination::any ? "union" : "intersection"),
                    kFindings);
}

int merge(const std::vector<profiles::Filter>& inputs, const Options& options, const Invocation& invocation) {
    auto merged = profiles::merge(inputs, options.how);
    if (!merged) return complain(invocation, merged.error().message);
    const bool to_file = !options.out.empty() && options.out != "-";
    merged->name = to_file ? options.out : "merged";
    const auto& format = format_for(options, *merged);
    const auto written = format.write(*merged);
    if (!written) return complain(invocation, written.error().message, kFindings);
    for (const auto& loss : written->losses) say(invocation, "lost", loss);
    // What is proven is what is written, not what was meant.
    auto reading = options.reading;
    reading.from = format.name;
    core::Diagnostics diagnostics;
    const auto filter = filter_in(written->text, merged->name, reading, diagnostics);
    if (!filter) {
        invocation.err << core::render(diagnostics);
        return complain(invocation, "nothing is written: what comes of the profiles is no profile", kFindings);
    }
    const auto proof = profiles::prove(inputs, options.how, *filter);
    if (!proof) return complain(invocation, "nothing is written: " + proof.error().message, kFindings);
    if (const auto code = complain_of(*proof, options, invocation)) return *code;
    if (options.strict && !written->losses.empty())
        return complain(invocation, "--strict: nothing is written, something would be lost", kFindings);
    for (const auto& note : profiles::merge_notes(inputs, options.how, *merged)) say(invocation, "note", note);
    if (const auto names = profiles::unproven_names(*merged); !names.empty()) {
        say(invocation, "note",
            fmt::format("merged by name alone, since libseccomp {} does not know them: {}",
                        profiles::libseccomp_version(), profiles::listed(names)));
    }
    return write_result(written->text, options.out, options.force, invocation).value_or(kOk);
}

int run(const Invocation& invocation) {
    Options options;
    bool any = false;
    bool all = false;
    CLI::App app{"Make one profile of several, and prove it against them.", "callgate merge"};
    app.add_option("profiles", options.files, "the profiles, at least two")->required();
    app.add_flag("--union", any, "permit what one of them permits");
    app.add_flag("--intersection", all, "permit what all of them permit");
    app.add_option("--to", options.to, "the format to write; without it, that of the first profile")
        ->check(CLI::IsMember(written_formats()));
    app.add_option("-o,--out", options.out, "where it goes; without it, standard output");
    app.add_flag("--strict", options.strict, "write nothing when the result is not exact or something is lost");
    app.add_flag("--force", options.force, "overwrite the file that is there");
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.footer(
        "What is written is read again, compiled and compared with the profiles, for every call there is. A union "
        "never\n"
        "refuses what one of them permits, an intersection never permits what one of them refuses: otherwise nothing\n"
        "is written. Where rules cannot say it exactly, standard error says which calls are 'wider' or 'narrower'.\n"
        "Of two refusals a union has that of the first profile, an intersection the stricter one; calls that are\n"
        "answered 'otherwise' than by one of the profiles are said as well.\n\n"
        "exit codes: 0 written, 1 no proof, or --strict and not exact, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;
    if (any == all) return complain(invocation, "give one of --union and --intersection");
    if (options.files.size() < 2) return complain(invocation, "give at least two profiles");
    options.how = any ? Combination::any : Combination::all;

    core::Diagnostics diagnostics;
    std::vector<profiles::Filter> inputs;
    for (const auto& file : options.files) {
        auto filter = load_filter(file, options.reading, diagnostics);
        if (filter && filter->profile() == nullptr) {
            diagnostics.error({},
                              fmt::format("'{}' is a compiled filter: its rules cannot be known again from it", file));
        } else if (filter) {
            inputs.push_back(std::move(*filter));
        }
    }
    invocation.err << core::render(diagnostics);
    if (inputs.size() != options.files.size()) return kUnusable;
    return merge(inputs, options, invocation);
}

}  // namespace

extern const Command merge_command;
const Command merge_command{"merge", "make one profile of several, proven against them", run};

}  // namespace callgate::cli
