#include "reports/format.h"
#include "reports/junit/junit_xml.h"

namespace callgate::reports::junit {

namespace {

std::string render(const model::RunResult& run) {
    return junit_xml(run, JunitDialect::portable);
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"junit", "junit.xml", "test results for CI systems", render};

}  // namespace callgate::reports::junit
