#pragma once

#include "harness/core/clock.h"
#include "harness/model/run_result.h"
#include "harness/ports/step.h"
#include "scenarios/http/load.h"
#include "scenarios/targets.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callgate::scenarios {

/// How a workload is made to collect its garbage; exactly one of the first four.
struct CollectorSpec {
    std::optional<http::LoadSpec> url;        ///< a request that answers when the collection is over
    std::vector<std::string> jcmd;            ///< a command of a JVM, as {"GC.run"}
    std::optional<http::Endpoint> inspector;  ///< of a Node.js process
    std::optional<int> signal;                ///< nothing shows when the collection is over
    Target target;                            ///< the process, for all but `url`
};

/// Makes one workload collect its garbage, again and again. One thread; borrows the context.
class Collector {
public:
    virtual ~Collector() = default;

    struct Attempt {
        model::Outcome outcome = model::Outcome::passed;
        std::string message;
    };
    /// Once; returns when the workload says that it is over. The first time may take longer, see begin().
    virtual Attempt collect(core::SteadyTime deadline) = 0;

    /// What must be done before the first time, and is not measured.
    virtual Attempt begin(core::SteadyTime /*deadline*/) { return {}; }

    static std::unique_ptr<Collector> make(const CollectorSpec& spec, const ports::StepContext& context,
                                           const std::string& step);
};

}  // namespace callgate::scenarios
