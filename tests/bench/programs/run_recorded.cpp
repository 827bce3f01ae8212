// run_recorded RECORDER FILE COMMAND...: runs a command under a recorder and nothing else, and writes what it called to
// FILE, a line for each (architecture, call, executable): "count architecture name executable". `ptrace-twice` runs the
// command a second time, with what was learnt permitted. For benchmarks and for the comparison with strace. Exits as
// the command did; 77 where that recorder does not work here, and says why.
#include "harness/core/result.h"
#include "harness/engine/program.h"
#include "harness/model/call.h"
#include "runners/record/recorder.h"
#include "runners/runner_kind.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

using callgate::model::ProcessEnd;

constexpr int kNotHere = 77;

int fail(int code, const std::string& why) {
    std::cerr << "run_recorded: " << why << '\n';
    return code;
}

std::vector<std::string> environment() {
    std::vector<std::string> all;
    for (char** one = environ; *one != nullptr; ++one) all.emplace_back(*one);
    return all;
}

callgate::core::Result<std::string> path_of(const std::string& command) {
    const char* path = std::getenv("PATH");
    return callgate::engine::find_program(command, {{"PATH", path == nullptr ? "/usr/bin:/bin" : path}}, ".");
}

bool write(const std::string& path, const std::vector<callgate::model::RecordedCall>& calls) {
    std::ofstream file{path};
    for (const auto& call : calls) {
        file << call.count << ' ' << arch_name(callgate::model::arch_of_call(call.audit_arch, call.nr)) << ' '
             << callgate::model::syscall_name(call.audit_arch, call.nr) << ' ' << call.executable << '\n';
    }
    return file.flush().good();
}

using Learnt = std::vector<callgate::model::RecordedCall>;

/// Runs the command to its end and adds what it called to `calls`; its exit code.
int run(const callgate::ports::LaunchRequest& request, const callgate::runners::MakeRecorder& recorder, Learnt& calls) {
    const auto runner =
        callgate::runners::runner_kinds().front()->make(*callgate::runners::trap_backends().front(), recorder);
    const auto instance = runner->launch(request);
    if (!instance) return fail(3, instance.error().message);
    while (!(*instance)->wait_gone(std::chrono::steady_clock::now() + std::chrono::hours{1})) {
    }
    if (!(*instance)->start_failure().empty()) return fail(3, (*instance)->start_failure());
    for (const auto& gap : (*instance)->gaps()) return fail(3, gap);
    const auto recorded = (*instance)->recorded();
    calls.insert(calls.end(), recorded.begin(), recorded.end());
    const auto end = (*instance)->leader_end();
    return end.kind == ProcessEnd::Kind::exited ? end.value : 128 + end.value;
}

const callgate::runners::RecorderKind* named(const std::string& name) {
    for (const auto* kind : callgate::runners::recorder_kinds()) {
        if (kind->name == name) return kind;
    }
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return fail(2, "usage: run_recorded bpf|ptrace|ptrace-twice FILE COMMAND [ARGUMENT...]");
    const std::string how{argv[1]};
    const auto* recorder = named(how.substr(0, how.find('-')));
    if (recorder == nullptr) return fail(2, "no recorder '" + how + "'");
    const auto program = path_of(argv[3]);
    if (!program) return fail(2, program.error().message);
    const auto works = recorder->probe();
    if (!works) return fail(kNotHere, works.error().message);
    callgate::ports::LaunchRequest request;
    request.executable = *program;
    request.argv.assign(argv + 3, argv + argc);
    request.env = environment();
    request.own_session = false;
    request.record = true;
    Learnt calls;
    int code = run(
        request, [&] { return recorder->make(callgate::runners::Stacks::wanted); }, calls);
    if (code == 0 && how == "ptrace-twice") {
        const auto learnt = calls;
        code = run(
            request, [&] { return recorder->make_for_news(learnt); }, calls);
    }
    if (!write(argv[2], calls)) return fail(3, std::string{"cannot write "} + argv[2]);
    return code;
}
