#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/cli/resolved.h"
#include "harness/core/printable.h"
#include "profiles/audit_report.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <ostream>
#include <utility>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> logs;
    std::string profile;
    std::string format = "text";
    std::string out;
    std::string propose;
    bool filtered = false;
    bool force = false;
    ProfileOptions reading;
};

/// What the records are laid to.
struct Suspect {
    profiles::Filter filter;
    std::function<model::Profile(const model::Profile&)> resolve;
};

std::optional<Suspect> load_suspect(const Options& options, core::Diagnostics& diagnostics) {
    auto content = load_resolved(options.profile, options.profile, {}, options.reading, diagnostics);
    if (!content) return std::nullopt;
    if (auto* program = std::get_if<bpf::Program>(&*content))
        return Suspect{profiles::Filter{options.profile, std::move(*program)}, nullptr};
    auto& resolved = std::get<Resolved>(*content);
    auto compiled = resolved.compile();
    if (!compiled) {
        diagnostics.error({}, compiled.error().message);
        return std::nullopt;
    }
    auto resolve = resolved.resolver();
    return Suspect{profiles::Filter{std::move(resolved.profile), std::move(compiled->program)}, std::move(resolve)};
}

core::Status read_log(const std::string& path, profiles::AuditReader& reader) {
    if (path == "-") return reader.read(std::cin, "standard input");
    std::error_code error;
    if (fs::is_directory(path, error)) return core::fail(fmt::format("'{}' is a directory, no log", path));
    std::ifstream in{path, std::ios::binary};
    if (!in) return core::fail(core::system_error(fmt::format("'{}'", path), errno));
    return reader.read(in, path);
}

class Auditing {
public:
    Auditing(const Options& options, const Invocation& invocation) : options_{options}, invocation_{invocation} {}

    int run() {
        for (const auto* path : {&options_.out, &options_.propose}) {
            std::error_code error;
            if (!options_.force && !path->empty() && *path != "-" && fs::exists(*path, error))
                return complain(invocation_, fmt::format("'{}' is there already; --force overwrites it", *path));
        }
        std::optional<Suspect> suspect;
        if (!options_.profile.empty()) {
            core::Diagnostics diagnostics;
            suspect = load_suspect(options_, diagnostics);
            invocation_.err << core::render(diagnostics);
            if (!suspect) return kUnusable;
        }
        profiles::AuditReader reader;
        for (const auto& log : options_.logs) {
            if (const auto read = read_log(log, reader); !read) return complain(invocation_, read.error().message);
        }
        profiles::AuditReport report{reader.finish(), options_.filtered, std::nullopt};
        if (suspect) lay_to(std::move(*suspect), report);
        if (const auto code = write(report)) return *code;
        return report.has_findings() ? kFindings : report.incomplete() ? kNoVerdict : kOk;
    }

private:
    static void lay_to(Suspect suspect, profiles::AuditReport& report) {
        const auto& findings = report.log.findings;
        for (const auto& finding : findings) report.verdicts.push_back(judge(suspect.filter, finding));
        report.repair = repair(suspect.filter, findings, report.verdicts, suspect.resolve);
        report.filter = std::move(suspect.filter);
    }

    /// Otherwise the exit code.
    [[nodiscard]] std::optional<int> write(const profiles::AuditReport& report) const {
        const auto text = options_.format == "json"       ? render_json(report)
                          : options_.format == "markdown" ? render_markdown(report)
                                                          : render_text(report);
        if (const auto code = write_result(text, options_.out, options_.force, invocation_)) return code;
        if (options_.propose.empty()) return std::nullopt;
        const auto& proposal = report.repair.proposal;
        if (proposal.diff.empty()) {
            invocation_.err << core::printable(
                                   fmt::format("nothing is proposed: '{}' is not written", options_.propose))
                            << "\n";
            return std::nullopt;
        }
        return write_result(proposal.text, options_.propose, options_.force, invocation_);
    }

    const Options& options_;
    const Invocation& invocation_;
};

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Say what the kernel's log has of refused calls, and which rule of a profile refused them.",
                 "callgate audit"};
    app.add_option("logs", options.logs,
                   "what dmesg, journalctl, syslog, auditd or ausearch wrote; - is standard input, the default")
        ->type_name("LOG");
    app.add_option("-p,--profile", options.profile, "the profile under which it happened");
    app.add_option("--propose", options.propose, "write the profile with the proposed repair to this file")
        ->needs("--profile");
    app.add_flag("--filtered", options.filtered,
                 "other records were taken out of the log: numbers that are missing say nothing");
    app.add_option("--format", options.format, "how to print it")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    app.add_option("-o,--out", options.out, "where it goes; without it, standard output");
    app.add_flag("--force", options.force, "overwrite the files that are there");
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.footer(
        "Logged calls count as well, unless the profile permits them. The records have neither arguments nor errnos:\n"
        "what depends on them is said, and nothing wider is proposed.\n\n"
        "exit codes: 0 nothing was refused and nothing shows that records are missing, 1 calls were refused or "
        "logged,\n"
        "2 unusable input, 3 nothing of that, but records are missing or there are no lines: that is no verdict");
    if (const auto code = parse(app, invocation)) return *code;
    if (options.logs.empty()) options.logs.emplace_back("-");
    return Auditing{options, invocation}.run();
}

}  // namespace

extern const Command audit_command;
const Command audit_command{"audit", "say which calls a log shows as refused, and by which rule", run};

}  // namespace callgate::cli
