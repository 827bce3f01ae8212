#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/runner.h"
#include "harness/core/printable.h"
#include "runners/probe.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <seccomp.h>

#include <sys/utsname.h>

#include <ostream>

namespace callgate::cli {

namespace {

void describe_host(std::ostream& out) {
    utsname host{};
    ::uname(&host);
    const auto* library = seccomp_version();
    out << fmt::format("callgate {}, libseccomp {}.{}.{}, Linux {} on {}\n\n", version(), library->major,
                       library->minor, library->micro, core::printable(host.release), host.machine);
}

void describe_choice(std::ostream& out) {
    static const std::vector<std::string> kDebugger{"gdb"};
    const auto usual = automatic_trap({});
    const auto beside = automatic_trap(kDebugger);
    if (!usual || !beside) return;
    out << fmt::format("\n`--trap auto` takes {}, {}.\n", usual->backend->name,
                       usual->why.empty() ? "the first that works here" : "because " + core::printable(usual->why));
    if (beside->backend != usual->backend) {
        out << fmt::format("For a workload that traces processes by itself it takes {}.\n", beside->backend->name);
    }
}

int run(const Invocation& invocation) {
    CLI::App app{"Say what this host can do for callgate, and how to get the rest.", "callgate doctor"};
    app.footer("Each line was found by doing it. exit codes: 0 log, errno and enforce mode work here, 3 some do not");
    if (const auto code = parse(app, invocation)) return *code;
    describe_host(invocation.out);
    bool modes_work = true;
    for (const auto& probe : runners::probe_host()) {
        const bool works = probe.result.has_value();
        if (!works && probe.required) modes_work = false;
        invocation.out << fmt::format("  {}  {:<18} {}\n",
                                      works            ? "ok  "
                                      : probe.required ? "FAIL"
                                                       : "no  ",
                                      probe.name, probe.needed_for);
        if (!works) invocation.out << fmt::format("        {}\n", core::printable(probe.result.error().message));
        for (const auto limit : probe.limits) invocation.out << fmt::format("        it {}\n", limit);
    }
    describe_choice(invocation.out);
    invocation.out << (modes_work ? "\nThis host can test profiles in every mode.\n"
                                  : "\nThis host cannot test profiles in every mode; see the lines marked FAIL.\n");
    return modes_work ? kOk : kNoVerdict;
}

}  // namespace

extern const Command doctor_command;
const Command doctor_command{"doctor", "say what this host can do and how to get the rest", run};

}  // namespace callgate::cli
