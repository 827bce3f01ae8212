#include "runners/launch/launch_page.h"

#include "harness/core/unique_fd.h"

#include <fmt/format.h>

#include <linux/futex.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <new>

namespace callgate::runners {

core::Result<SharedLaunchPage> SharedLaunchPage::make() {
    void* memory = ::mmap(nullptr, sizeof(LaunchPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return core::fail(core::system_error("cannot share memory with the workload", errno));
    return SharedLaunchPage{new (memory) LaunchPage};
}

SharedLaunchPage::~SharedLaunchPage() {
    if (page_ != nullptr) ::munmap(page_, sizeof(LaunchPage));
}

void SharedLaunchPage::release() const {
    page_->go.store(1);
    ::syscall(SYS_futex, &page_->go, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void wait_for_release(LaunchPage& page) {
    while (page.go.load() == 0) ::syscall(SYS_futex, &page.go, FUTEX_WAIT, 0, nullptr, nullptr, 0);
}

void hand_over_listener(LaunchPage& page, int listener) {
    page.listener.store(listener);
    // The profile may refuse whatever could put it to sleep. If callgate dies, the keeper kills it.
    while (!page.listener_taken.load()) {
    }
}

bool wait_for_listener(pid_t first_process, const LaunchPage& page) {
    const core::UniqueFd ended{static_cast<int>(::syscall(SYS_pidfd_open, first_process, 0))};
    if (!ended) return false;
    // Between the filter and execve the process can wake nobody: look, ever less often, until its end can be read.
    constexpr int kMostMs = 10;
    for (int wait = 0;; wait = wait < kMostMs ? wait + 1 : wait) {
        if (page.listener.load() >= 0) return true;
        pollfd waited{ended.get(), POLLIN, 0};
        if (page.error.load() != 0 || ::poll(&waited, 1, wait) > 0) return page.listener.load() >= 0;
    }
}

std::string failure_text(const LaunchPage& page, const std::string& executable, const std::string& directory) {
    const int error = page.error.load();
    if (error == 0) return {};
    const auto say = [&](const std::string& what) { return core::system_error(what, error).message; };
    switch (page.stage.load()) {
        case LaunchPage::Stage::waiting:
            return say("cannot start the workload");
        case LaunchPage::Stage::streams:
            return say("cannot set up the workload's standard streams");
        case LaunchPage::Stage::directory:
            return say(fmt::format("cannot enter the working directory '{}'", directory));
        case LaunchPage::Stage::identity:
            return say("cannot become the workload's user");
        case LaunchPage::Stage::filter:
            return say("the kernel does not take the filter");
        case LaunchPage::Stage::exec:
            return say(fmt::format("cannot execute '{}'", executable));
    }
    return say("cannot start the workload");
}

}  // namespace callgate::runners
