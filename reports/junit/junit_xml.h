#pragma once

#include "harness/model/run_result.h"

#include <string>

namespace callgate::reports {

/// No file satisfies every reader of JUnit XML.
enum class JunitDialect {
    portable,  ///< with file and line of each case and its properties, which most readers know or pass over
    jenkins,   ///< inside the schema of Jenkins' xUnit plugin, which rejects the whole file for those
};

/// Test results: a suite for each profile and mode, a case for each phase. A pure function of the run.
std::string junit_xml(const model::RunResult& run, JunitDialect dialect);

}  // namespace callgate::reports
