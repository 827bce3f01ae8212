#include "runners/launch/launch_page.h"

#include "harness/core/processes.h"
#include "runners/process_tree.h"

#include <fmt/format.h>

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <new>
#include <thread>

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
    // Between the filter and execve the process can wake nobody: look, ever less often.
    constexpr std::chrono::milliseconds kMost{10};
    for (std::chrono::milliseconds wait{0};; wait = std::min(wait + std::chrono::milliseconds{1}, kMost)) {
        if (page.listener.load() >= 0) return true;
        const auto stat = core::read_stat(first_process);
        const bool ended = stat ? stat->state == 'Z' : is_gone(first_process);
        if (page.error.load() != 0 || ended) return page.listener.load() >= 0;
        std::this_thread::sleep_for(wait);
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
