#include "reports/format.h"
#include "reports/remarks.h"
#include "reports/wording.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace callgate::reports::gitlab_codequality {

namespace {

using Json = nlohmann::ordered_json;

/// More than a merge request shows.
constexpr std::size_t kMost = 5000;

std::string_view severity_of(const Remark& remark) {
    using model::Outcome;
    if (remark.outcome == Outcome::harness_fault || remark.outcome == Outcome::workload_failed) return "blocker";
    if (remark.outcome == Outcome::violated) return "critical";
    return is_error(remark) ? "major" : "minor";
}

Json issue(const Remark& remark) {
    // GitLab wants a path and a line; a run without any file has none.
    return {{"description", remark.message},
            {"check_name", remark.kind->id},
            {"fingerprint", remark.fingerprint},
            {"severity", severity_of(remark)},
            {"location",
             {{"path", remark.place.file.empty() ? "run.json" : remark.place.file},
              {"lines", {{"begin", std::max<std::size_t>(1, remark.place.line)}}}}}};
}

std::string render(const model::RunResult& run) {
    auto all = remarks(run);
    Json list = Json::array();
    const auto some = std::min(all.size(), kMost);
    for (std::size_t i = 0; i < some; ++i) list.push_back(issue(all[i]));
    if (some < all.size()) {
        auto rest = all[some];
        rest.message = fmt::format("{} like these are in run.json", counted(all.size() - some, "more", "more"));
        list.push_back(issue(rest));
    }
    return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const ReportFormat kFormat;
const ReportFormat kFormat{"gitlab-codequality", "gl-code-quality-report.json",
                           "for the widget of a GitLab merge request (artifacts:reports:codequality)", render};

}  // namespace callgate::reports::gitlab_codequality
