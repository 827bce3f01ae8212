// run_recorded FILE COMMAND...: runs a command under the recorder and nothing else, and writes what it called to FILE,
// a line for each (architecture, call, executable): "count architecture name executable". For benchmarks and for the
// comparison with strace. Exits as the command did; 77 where nothing can be recorded here, and says why.
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

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return fail(2, "usage: run_recorded FILE COMMAND [ARGUMENT...]");
    const auto program = path_of(argv[2]);
    if (!program) return fail(2, program.error().message);
    const auto& recorder = *callgate::runners::recorder_kinds().front();
    const auto works = recorder.probe();
    if (!works) return fail(kNotHere, works.error().message);
    const auto runner =
        callgate::runners::runner_kinds().front()->make(*callgate::runners::trap_backends().front(), &recorder);
    callgate::ports::LaunchRequest request;
    request.executable = *program;
    request.argv.assign(argv + 2, argv + argc);
    request.env = environment();
    request.own_session = false;
    request.record = true;
    const auto instance = runner->launch(request);
    if (!instance) return fail(3, instance.error().message);
    while (!(*instance)->wait_gone(std::chrono::steady_clock::now() + std::chrono::hours{1})) {
    }
    if (!(*instance)->start_failure().empty()) return fail(3, (*instance)->start_failure());
    for (const auto& gap : (*instance)->gaps()) return fail(3, gap);
    if (!write(argv[1], (*instance)->recorded())) return fail(3, std::string{"cannot write "} + argv[1]);
    const auto end = (*instance)->leader_end();
    return end.kind == ProcessEnd::Kind::exited ? end.value : 128 + end.value;
}
