#pragma once

#include "harness/model/run_result.h"

#include <string>

namespace callgate::reports {

/// Whether a case that was run again shows what it showed the first time: the same system calls refused (by name and
/// architecture; how often depends on chance) and the same outcome. One sentence that begins "reproduced" or "not
/// reproduced" and names what differs.
std::string recurrence(const model::CaseResult& then, const model::CaseResult& now);

}  // namespace callgate::reports
