#include "harness/demo/log.h"
#include "harness/demo/options.h"
#include "harness/demo/server.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

namespace callgate::demo {
namespace {

constexpr int kGood = 0;
constexpr int kFailed = 1;
constexpr int kBadInput = 2;

int print(std::string_view text) {
    return ::write(STDOUT_FILENO, text.data(), text.size()) < 0 ? kFailed : kGood;
}

/// One arena that keeps what it has: buffers come and go with every connection, and handing their pages back and forth
/// between the kernel and malloc costs more than they are worth.
void set_up_malloc() {
    constexpr int kNever = 1 << 30;
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_TRIM_THRESHOLD, kNever);
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

sigset_t handled_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGHUP, SIGTERM, SIGINT, SIGQUIT}) sigaddset(&signals, signal);
    return signals;
}

int wait_for_signals(Server& server, const sigset_t& signals) {
    for (;;) {
        int signal = 0;
        if (const int error = ::sigwait(&signals, &signal); error != 0) {
            log_line("cannot wait for signals", error);
            return kFailed;
        }
        if (signal == SIGHUP) {
            server.reload();
        } else if (signal == SIGQUIT) {
            // At once means without destructors, which wait for the workers.
            ::_exit(kGood);
        } else {
            return server.drain() ? kGood : kFailed;
        }
    }
}

int run(int argc, char** argv) {
    Options options = parse_options(argc, argv, std::getenv("DEMO_HEAP_LIMIT"));
    if (options.action == Options::Action::help) return print(kUsage);
    if (options.action == Options::Action::version) return print("callgate-demo-server " CALLGATE_DEMO_VERSION "\n");
    set_up_malloc();
    ::signal(SIGPIPE, SIG_IGN);
    // Blocked before the first thread starts, so that every thread inherits it and signals arrive in sigwait only.
    const sigset_t signals = handled_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    Server server(std::move(options));
    return wait_for_signals(server, signals);
}

}  // namespace
}  // namespace callgate::demo

int main(int argc, char** argv) {
    using namespace callgate::demo;
    try {
        return run(argc, argv);
    } catch (const InputError& error) {
        log_line(error.what());
        return kBadInput;
    } catch (const std::exception& error) {
        log_line(error.what());
        return kFailed;
    }
}
