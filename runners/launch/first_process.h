#pragma once

#include "harness/ports/launch.h"
#include "runners/launch/launch_page.h"
#include "runners/trap_backend.h"

#include <linux/filter.h>

#include <csignal>
#include <string>
#include <vector>

namespace callgate::runners {

/// The signal mask and SIGPIPE disposition that callgate itself was started with: what its workloads get.
struct InheritedSignals {
    sigset_t mask{};
    bool ignores_sigpipe = false;
    /// As they were when it was first asked: before callgate changed any, if the first runner was made by then.
    static const InheritedSignals& of_callgate();
};

/// A LaunchRequest turned into what the code after fork needs, so that nothing is allocated there.
class FirstProcess {
public:
    /// Borrows everything, which must outlive the fork. `filter` is null where there is none to load.
    FirstProcess(const ports::LaunchRequest& request, const Filter* filter, const InheritedSignals& signals,
                 LaunchPage& page);

    /// In the forked child: waits for release, becomes the workload, loads the filter, executes. Async-signal-safe.
    /// Between loading the filter and execve it makes no system call; if one of the stages fails, the page says so.
    [[noreturn]] void become() const;

private:
    [[noreturn]] void give_up(int error) const;
    void enter(LaunchPage::Stage stage) const { page_.stage.store(stage); }
    [[nodiscard]] bool set_streams() const;
    [[nodiscard]] bool set_identity() const;
    [[nodiscard]] bool load_filter() const;

    const ports::LaunchRequest& request_;
    const Filter* filter_;
    const InheritedSignals& signals_;
    LaunchPage& page_;
    std::vector<char*> argv_;
    std::vector<char*> envp_;
    std::vector<sock_filter> code_;
};

}  // namespace callgate::runners
