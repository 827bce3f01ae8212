#pragma once

#include "harness/core/clock.h"
#include "harness/core/span.h"
#include "harness/model/run_result.h"
#include "harness/ports/oracles.h"
#include "harness/ports/step.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callgate::ports {

/// A file that is put in place before the workload starts.
struct FileSpec {
    enum class Kind { text, certificate, directory, tmpfs };
    std::string path;  ///< absolute, or below the working directory
    Kind kind = Kind::text;
    std::string text;                        ///< of `text`
    std::optional<model::InputFile> source;  ///< the file that `text` was made from
    std::string common_name;                 ///< of `certificate`: makes PATH/cert.pem and PATH/key.pem
    std::uint64_t size = 0;                  ///< of `tmpfs`: bytes
    unsigned mode = 0;                       ///< 0: 0644, keys 0600, directories 0755
};

struct StopSpec {
    int signal = 15;
    core::Milliseconds within{10'000};
    std::optional<model::ProcessEnd> expect;  ///< none: exit 0, or death by the very signal that was sent
};

/// A workload with every `${...}` replaced; for one instance.
struct Workload {
    std::vector<std::string> command;
    std::map<std::string, std::string> env;  ///< the whole environment
    std::string user;                        ///< "" for callgate's own
    std::vector<FileSpec> files;
    std::vector<StepPtr> prepare;  ///< before the start, unconfined, as the workload's user
    StepPtr ready;                 ///< null: ready as soon as it runs
    core::Milliseconds ready_within{10'000};
    std::vector<StepPtr> check;  ///< after each scenario: what shows that the workload still does its work
    StopSpec stop;
};

struct Scenario {
    std::string name;
    model::Place place;
    std::vector<StepPtr> steps;
    core::Milliseconds within{0};  ///< 0: the sum of its steps' limits
    OracleSettings oracles{};      ///< in place of the plan's, oracle by oracle
};

/// What one instance runs: built when its ports and its working directory are known.
struct Session {
    Workload workload;
    std::vector<Scenario> scenarios;
};

}  // namespace callgate::ports
