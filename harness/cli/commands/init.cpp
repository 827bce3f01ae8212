#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/packs.h"
#include "harness/core/closest.h"
#include "harness/core/files.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

/// What every dynamically linked program needs to get to its main and out again; the rest is what the first run
/// proposes.
constexpr std::string_view kFirstProfile = R"json({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": [
    "SCMP_ARCH_X86_64",
    "SCMP_ARCH_AARCH64"
  ],
  "syscalls": [
    {
      "names": [
        "brk",
        "close",
        "execve",
        "exit",
        "exit_group",
        "mmap",
        "mprotect",
        "munmap",
        "openat",
        "read",
        "rt_sigreturn",
        "write"
      ],
      "action": "SCMP_ACT_ALLOW"
    }
  ]
}
)json";

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        // A plan expands ${...}; here it is meant as it stands.
        if (c == '{' && out.back() == '$') out += "{";
        out += c;
    }
    return out + "\"";
}

/// The program as the plan names it. The workload runs in a directory of its own: what was given relative to here is
/// written relative to the plan, so that both may be checked out elsewhere.
std::string program_word(const fs::path& program, const fs::path& plan) {
    if (program.is_absolute() || !program.has_parent_path()) return quoted(program);
    const auto directory = fs::absolute(plan).parent_path().lexically_normal();
    const auto relative = fs::absolute(program).lexically_normal().lexically_relative(directory);
    return "\"${plan.dir}/" + quoted(relative).substr(1);
}

std::string plan_text(const std::vector<std::string>& command, const fs::path& plan, const std::string& profile) {
    std::vector<std::string> words{program_word(command.front(), plan)};
    for (auto word = command.begin() + 1; word != command.end(); ++word) words.push_back(quoted(*word));
    return fmt::format(
        R"yaml(# A plan for `callgate test`. All keys: `callgate schema plan`; all steps: `callgate list steps`.
version: 1
name: {}
workload:
  command: [{}]
  # Free loopback ports; each is ${{port.NAME}} below and in the workload's files.
  # ports: [http]
  # The workload counts as started when this holds; without it, as soon as it runs.
  # ready: {{http: "http://127.0.0.1:${{port.http}}/", within: 10s}}
  stop: {{signal: SIGTERM, within: 10s}}
profile: {}
# log lists everything that the profile lacks. When it passes, add the modes that refuse for real: [log, errno, enforce]
modes: [log]
scenarios:
  # What your service does in a year belongs here: load, reload, log rotation, garbage collection, TLS.
  - name: idle
    steps:
      - sleep: 1s
  # - use: load
  #   with: {{url: "http://127.0.0.1:${{port.http}}/", for: 5s, connections: 16}}
)yaml",
        quoted(fs::path{command.front()}.filename()), fmt::join(words, ", "), quoted(profile));
}

struct Options {
    std::string out;
    std::string profile;
    std::string pack;
    bool force = false;
    std::vector<std::string> command;
};

/// What is written: paths and texts.
using Files = std::vector<std::pair<fs::path, std::string>>;

Files first_plan(const Options& options, const fs::path& plan) {
    auto command = options.command;
    if (command.empty()) command = {"sleep", "60"};
    const auto directory = plan.parent_path();
    const std::string first_profile = "callgate-profile.json";
    if (!options.profile.empty())
        return {{plan, plan_text(command, plan, fs::proximate(options.profile, directory.empty() ? "." : directory))}};
    return {{directory / first_profile, std::string{kFirstProfile}}, {plan, plan_text(command, plan, first_profile)}};
}

/// Everything that the pack's folder holds.
core::Result<Files> pack_files(const std::string& name, const fs::path& directory, const Invocation& invocation) {
    const auto known = packs(invocation.environment);
    const auto pack = std::find_if(known.begin(), known.end(), [&](const Pack& one) { return one.name == name; });
    if (pack == known.end()) {
        std::vector<std::string> names;
        names.reserve(known.size());
        for (const auto& one : known) names.push_back(one.name);
        return core::fail(names.empty() ? "no pack is here: neither installed, nor in the source tree, nor where "
                                          "CALLGATE_LIBRARY says"
                                        : fmt::format("no pack '{}'; {}", name, core::suggestion(name, names)));
    }
    Files files;
    for (const auto& entry : fs::directory_iterator{pack->directory}) {
        auto text = core::read_file(entry.path());
        if (!text) return core::fail(text.error());
        files.emplace_back(directory / entry.path().filename(), std::move(*text));
    }
    std::sort(files.begin(), files.end());
    return files;
}

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Write a plan that runs, to start from.", "callgate init"};
    app.add_option("-o,--out", options.out, "where the plan goes; default: callgate.yaml; a pack: the directory NAME");
    app.add_option("-p,--profile", options.profile,
                   "the profile to test; without it a first one is written beside the plan");
    auto* pack = app.add_option("--pack", options.pack,
                                "a ready plan for a known server, its profile and its files (callgate list packs)");
    app.add_flag("--force", options.force, "overwrite files that are there");
    app.add_option("command", options.command,
                   "the workload's command, in the foreground, behind `--`; default: sleep 60")
        ->excludes(pack);
    pack->excludes("--profile");
    app.positionals_at_end();
    app.footer("example: callgate init -- ./server --port 8080 && callgate test callgate.yaml");
    if (const auto code = parse(app, invocation)) return *code;

    const bool ready_made = !options.pack.empty();
    const fs::path out = !options.out.empty() ? options.out : ready_made ? options.pack : "callgate.yaml";
    const auto plan = ready_made ? out / "plan.yaml" : out;
    auto files = ready_made ? pack_files(options.pack, out, invocation) : core::Result<Files>{first_plan(options, out)};
    if (!files) return complain(invocation, files.error().message);
    for (const auto& file : *files) {
        if (options.force || !fs::exists(file.first)) continue;
        return complain(invocation, fmt::format("'{}' is there already; --force overwrites it", file.first.string()));
    }
    std::error_code error;
    if (ready_made) fs::create_directories(out, error);
    for (const auto& [path, text] : *files) {
        if (auto written = core::write_file(path, text); !written) return complain(invocation, written.error().message);
        invocation.out << "wrote " << path.string() << "\n";
    }
    invocation.out << "next: callgate test " << plan.string() << "\n";
    return kOk;
}

}  // namespace

extern const Command init_command;
const Command init_command{"init", "write a plan that runs, to start from", run};

}  // namespace callgate::cli
