#include "reports/format.h"

#include <algorithm>
#include <array>

namespace callgate::reports {

#define CALLGATE_REPORT_FORMAT(name)   \
    namespace name {                   \
    extern const ReportFormat kFormat; \
    }
#include "reports/formats.inc"
#undef CALLGATE_REPORT_FORMAT

namespace {

#define CALLGATE_REPORT_FORMAT(name) &name::kFormat,
constexpr std::array kFormats{
#include "reports/formats.inc"
};
#undef CALLGATE_REPORT_FORMAT

}  // namespace

std::span<const ReportFormat* const> formats() {
    return kFormats;
}

const ReportFormat* find_format(std::string_view name) {
    const auto* const found = std::find_if(kFormats.begin(), kFormats.end(),
                                           [&](const ReportFormat* format) { return format->name == name; });
    return found == kFormats.end() ? nullptr : *found;
}

}  // namespace callgate::reports
