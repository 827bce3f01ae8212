#include "harness/cli/hold.h"

#include "harness/core/printable.h"
#include "harness/core/unique_fd.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <ostream>

namespace callgate::cli {

namespace {

int told = -1;  // an eventfd; a signal handler has no other way to reach it

extern "C" void on_told(int /*number*/) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(told, &one, sizeof one);
}

/// True when the descriptor had something to read, which is read.
bool took(int fd) {
    std::array<char, 256> line{};
    return ::read(fd, line.data(), line.size()) > 0;
}

void tell(const ports::Held& held, bool at_terminal, std::ostream& err) {
    if (held.still_traced) {
        err << fmt::format("callgate: process {} is still traced by another; detach that first (in gdb: detach)\n",
                           held.pid);
    } else {
        err << fmt::format(
            "callgate: held before a refused call\n"
            "  {}\n"
            "  by thread {} of process {}, which stands before the instruction that makes it; look at it with\n"
            "    gdb -p {}\n"
            "  Detach when done (in gdb: detach).\n",
            core::printable(held.call), held.tid, held.pid, held.pid);
    }
    err << fmt::format("  To go on: {}kill -USR1 {}\n", at_terminal ? "press Enter, or " : "", ::getpid());
    err.flush();
}

}  // namespace

ports::HoldFunction hold_for_a_person(const Invocation& invocation) {
    if (told < 0) told = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action {};
    action.sa_handler = on_told;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &action, nullptr);
    // The terminal itself: standard input is the command's.
    auto terminal = std::make_shared<core::UniqueFd>(::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY));
    return [terminal, &err = invocation.err, &cancel = invocation.cancel](const ports::Held& held) {
        if (cancel.requested()) return;
        tell(held, static_cast<bool>(*terminal), err);
        std::array<pollfd, 3> waited{{{cancel.fd(), POLLIN, 0}, {told, POLLIN, 0}, {terminal->get(), POLLIN, 0}}};
        while (!cancel.requested()) {
            if (::poll(waited.data(), waited.size(), -1) < 0) continue;
            if ((waited[1].revents & POLLIN) != 0 && took(told)) return;
            if (waited[2].revents != 0) {
                if (took(terminal->get())) return;
                waited[2].fd = -1;  // the terminal is gone; a signal still comes through
            }
        }
    };
}

}  // namespace callgate::cli
