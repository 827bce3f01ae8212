#include "harness/cli/command.h"

#include <unistd.h>

#include <csignal>

namespace callgate::cli {

namespace {

core::Cancel* watched = nullptr;  // a signal handler has no other way to reach it

extern "C" void on_signal(int number) {
    if (watched->requested()) ::_exit(128 + number);  // the keepers see it and kill what is left
    watched->request(number);
}

}  // namespace

void watch_signals(core::Cancel& cancel) {
    watched = &cancel;
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
    // A reader that goes away must not end callgate before its workloads are gone.
    ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace callgate::cli
