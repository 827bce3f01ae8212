#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/core/files.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <ostream>

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

std::string plan_text(const std::vector<std::string>& command, const std::string& profile) {
    std::vector<std::string> words;
    words.reserve(command.size());
    for (const auto& word : command) words.push_back(quoted(word));
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

int run(const Invocation& invocation) {
    std::string out = "callgate.yaml";
    std::string profile;
    bool force = false;
    std::vector<std::string> command;
    CLI::App app{"Write a plan that runs, to start from.", "callgate init"};
    app.add_option("-o,--out", out, "where the plan goes")->capture_default_str();
    app.add_option("-p,--profile", profile, "the profile to test; without it a first one is written beside the plan");
    app.add_flag("--force", force, "overwrite files that are there");
    app.add_option("command", command, "the workload's command, in the foreground, behind `--`; default: sleep 60");
    app.positionals_at_end();
    app.footer("example: callgate init -- ./server --port 8080 && callgate test callgate.yaml");
    if (const auto code = parse(app, invocation)) return *code;
    if (command.empty()) command = {"sleep", "60"};
    // The workload runs in a directory of its own, so a path is made absolute.
    if (command.front().find('/') != std::string::npos)
        command.front() = fs::absolute(command.front()).lexically_normal();

    std::vector<std::pair<fs::path, std::string>> files;
    const auto directory = fs::path{out}.parent_path();
    if (profile.empty()) {
        profile = "callgate-profile.json";
        files.emplace_back(directory / profile, kFirstProfile);
    } else {
        profile = fs::proximate(profile, directory.empty() ? fs::path{"."} : directory);
    }
    files.emplace_back(out, plan_text(command, profile));
    for (const auto& file : files) {
        if (force || !fs::exists(file.first)) continue;
        return complain(invocation, fmt::format("'{}' is there already; --force overwrites it", file.first.string()));
    }
    for (const auto& [path, text] : files) {
        if (auto written = core::write_file(path, text); !written) return complain(invocation, written.error().message);
        invocation.out << "wrote " << path.string() << "\n";
    }
    invocation.out << "next: callgate test " << out << "\n";
    return kOk;
}

}  // namespace

extern const Command init_command;
const Command init_command{"init", "write a plan that runs, to start from", run};

}  // namespace callgate::cli
