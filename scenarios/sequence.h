#pragma once

#include "harness/ports/step.h"

#include <string>
#include <vector>

namespace callgate::scenarios {

/// A step inside another one is under way for as long as this lives: the host hears of it, so that refusals in the
/// meantime are this step's too. Borrows the host.
class UnderWay {
public:
    UnderWay(const ports::Step& step, ports::StepHost* host);
    ~UnderWay();
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

private:
    std::string name_;
    ports::StepHost* host_;
};

/// One step after the other; the first that does not pass is the last.
std::vector<model::StepResult> run_in_turn(const std::vector<ports::StepPtr>& steps, const ports::StepContext& context);

}  // namespace callgate::scenarios
