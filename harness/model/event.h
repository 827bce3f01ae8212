#pragma once

#include "harness/core/clock.h"
#include "harness/model/mode.h"
#include "harness/model/run_result.h"

#include <cstdint>
#include <string>

namespace callgate::model {

/// What happens while a run goes on; for progress and for `--events`. The engine is the only writer.
struct Event {
    enum class Kind { run_started, case_started, case_progress, case_load, case_finished, run_finished };
    Kind kind = Kind::case_started;
    core::Milliseconds at{0};  ///< since the run started
    std::string profile;
    Mode mode = Mode::log;
    std::string scenario;
    std::string step;                   ///< what is being done, where it is known
    double requests_per_second = 0;     ///< of case_load: those made of the workload lately, by all steps together
    std::uint64_t refused = 0;          ///< refusals of the case so far
    Outcome outcome = Outcome::passed;  ///< of case_finished
    std::size_t index = 0;              ///< number of the case, from 1
    std::size_t total = 0;              ///< cases in all
};

}  // namespace callgate::model
