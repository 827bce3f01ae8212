#include "reports/pick_case.h"

#include "harness/core/number.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <fnmatch.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace callgate::reports {

namespace {

constexpr std::size_t kMostListed = 60;

using Indices = std::vector<std::size_t>;

template <typename Fits>
Indices those(const model::RunResult& run, Fits fits) {
    Indices found;
    for (std::size_t i = 0; i < run.cases.size(); ++i) {
        if (fits(run.cases[i].name)) found.push_back(i);
    }
    return found;
}

std::string listed(const model::RunResult& run, const Indices& indices) {
    std::string text;
    const auto some = std::min(indices.size(), kMostListed);
    for (std::size_t i = 0; i < some; ++i)
        text += fmt::format("\n  {:>4}  {}", indices[i] + 1, shown(run.cases[indices[i]].name));
    if (some < indices.size()) text += fmt::format("\n  and {} more", indices.size() - some);
    return text;
}

}  // namespace

core::Result<std::size_t> pick_case(const model::RunResult& run, const std::string& wanted) {
    if (run.cases.empty()) return core::fail("the report holds no case");
    auto fitting = those(run, [&](const std::string& name) { return name == wanted; });
    if (fitting.size() == 1) return fitting.front();
    const auto number = core::number_in<std::size_t>(wanted).value_or(0);
    if (number != 0 && number <= run.cases.size()) return number - 1;
    if (fitting.empty() && !wanted.empty()) {
        fitting = those(run, [&](const std::string& name) {
            return name.find(wanted) != std::string::npos || ::fnmatch(wanted.c_str(), name.c_str(), 0) == 0;
        });
    }
    if (fitting.size() == 1) return fitting.front();
    if (!fitting.empty()) {
        return core::fail(fmt::format("'{}' fits {} cases of the report; give a number or a name:{}", shown(wanted),
                                      fitting.size(), listed(run, fitting)));
    }
    Indices all(run.cases.size());
    std::iota(all.begin(), all.end(), 0);
    return core::fail(fmt::format("no case of the report is '{}'; it holds:{}", shown(wanted), listed(run, all)));
}

}  // namespace callgate::reports
