#pragma once

#include "harness/model/run_result.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace callgate::scenarios {

/// Steps that go on beside others, on a thread of their own. Use from one thread.
class Beside {
public:
    using Work = std::function<std::vector<model::StepResult>()>;

    /// Begins at once. An exception of `work` becomes a harness_fault of the step `name`.
    Beside(std::string name, Work work);

    /// Waits for the end; once.
    std::vector<model::StepResult> join();

private:
    void run();

    std::string name_;
    Work work_;
    std::vector<model::StepResult> results_;
    std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace callgate::scenarios
