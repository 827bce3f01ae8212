#include "reports/junit/junit_xml.h"

#include "harness/core/printable.h"
#include "harness/model/mode.h"
#include "reports/case_text.h"
#include "reports/ci_safe.h"
#include "reports/remarks.h"
#include "reports/wording.h"

#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace callgate::reports {

namespace {

using model::CaseResult;
using model::Outcome;

/// Of one text of one case; a parser refuses a text node over 10 MB, and people stop reading far earlier.
constexpr std::size_t kMostPerText = std::size_t{64} * 1024;
constexpr std::size_t kLeastPerText = std::size_t{2} * 1024;
/// All texts together: GitLab takes no file over 30 MB.
constexpr std::size_t kMostTogether = std::size_t{16} * 1024 * 1024;
constexpr std::size_t kTextsPerCase = 3;
constexpr std::size_t kLogLines = 1000;

enum class Verdict { passed, failure, error, skipped };

/// A failure says that the profile or the workload is wrong; an error that callgate could not judge.
Verdict verdict_of(Outcome outcome) {
    if (outcome == Outcome::passed) return Verdict::passed;
    if (outcome == Outcome::skipped) return Verdict::skipped;
    return model::is_finding(outcome) ? Verdict::failure : Verdict::error;
}

struct Case {
    std::string name;
    Verdict verdict = Verdict::passed;
    std::string type;
    std::string message;
    std::string body;
    std::string output;
    std::string log;
    std::string flaky;  ///< how often it passed, where it did not fail every time
    core::Milliseconds duration{0};
    model::Place place;
    std::vector<std::pair<std::string, std::string>> properties;
};

struct Suite {
    std::string name;
    std::string file;
    std::vector<Case> cases;
};

struct Totals {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::size_t skipped = 0;
    core::Milliseconds duration{0};

    void add(const Case& c) {
        ++tests;
        failures += c.verdict == Verdict::failure ? 1U : 0U;
        errors += c.verdict == Verdict::error ? 1U : 0U;
        skipped += c.verdict == Verdict::skipped ? 1U : 0U;
        duration += std::max(c.duration, core::Milliseconds{0});
    }
};

/// Exactly three decimals: the schema refuses more, and fmt knows no locale unless asked.
std::string seconds(core::Milliseconds duration) {
    const auto ms = std::max<std::int64_t>(0, duration.count());
    return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

/// GitLab shows the first of two cases with one name, Jenkins merges suites: the second gets a number.
std::string unique_name(std::string name, std::set<std::string>& taken) {
    auto candidate = name;
    for (int number = 2; !taken.insert(candidate).second; ++number) candidate = fmt::format("{} ({})", name, number);
    return candidate;
}

std::string xml_text(std::string_view text, std::size_t limit) {
    return core::printable_lines(ci_safe(head_and_tail(text, limit)));
}

/// For readers that keep them; all of it is in the texts too.
std::vector<std::pair<std::string, std::string>> properties_of(const CaseResult& result) {
    std::vector<std::pair<std::string, std::string>> properties{
        {"profile", shown(result.profile)},
        {"mode", std::string{model::mode_name(result.mode)}},
        {"outcome", std::string{model::outcome_name(result.outcome)}},
        {"refusals", std::to_string(refusals(result))}};
    if (result.runs > 1) {
        properties.emplace_back("runs", std::to_string(result.runs));
        properties.emplace_back("passed_runs", std::to_string(result.passed_runs));
    }
    return properties;
}

Case case_of(const model::RunResult& run, const CaseResult& result, std::size_t limit, std::set<std::string>& names) {
    Case c;
    c.place = {repository_path(run, result.place.file), result.place.line, result.place.column};
    c.properties = properties_of(result);
    c.name = unique_name(shown(result.name), names);
    c.verdict = verdict_of(result.outcome);
    c.duration = result.duration;
    c.output = xml_text(step_table(result), limit);
    if (c.verdict == Verdict::passed) return c;
    c.type = model::outcome_name(result.outcome);
    const auto more = result.reasons.size() > 1 ? fmt::format(" (and {} more)", result.reasons.size() - 1) : "";
    c.message = why(result) + more;
    if (c.verdict == Verdict::skipped) return c;
    c.body = xml_text(case_text(result), limit);
    c.log = xml_text(quoted_tail(result.log_tail, kLogLines), limit);
    if (result.passed_runs > 0) c.flaky = fmt::format("passed in {} of {} runs", result.passed_runs, result.runs);
    return c;
}

/// A run without a case, or one cut short, must not look like a pass to who reads only this file.
Suite unfinished(const model::RunResult& run) {
    Case c;
    c.name = "the run was completed";
    c.verdict = Verdict::error;
    c.type = run.interrupted_by != 0 ? "interrupted" : "nothing-selected";
    const auto verdict = reports::verdict(run);
    c.message = fmt::format("{}: {}", verdict.word, verdict.text);
    c.body = c.message + "\n";
    return {"callgate", repository_path(run, run.plan), {std::move(c)}};
}

std::vector<Suite> suites_of(const model::RunResult& run) {
    const auto with_text = std::count_if(run.cases.begin(), run.cases.end(),
                                         [](const CaseResult& c) { return c.outcome != Outcome::passed; });
    const auto texts = kTextsPerCase * static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, with_text));
    const auto limit = std::clamp(kMostTogether / texts, kLeastPerText, kMostPerText);

    std::vector<Suite> suites;
    std::map<std::pair<std::string, model::Mode>, std::size_t> by_profile_and_mode;
    std::set<std::string> suite_names;
    std::set<std::string> case_names;
    for (const auto& result : run.cases) {
        const auto [entry, is_new] = by_profile_and_mode.try_emplace({result.profile, result.mode}, suites.size());
        // `file` is the profile: the places in the bodies are lines of it.
        if (is_new)
            suites.push_back({unique_name(suite_name(result), suite_names), repository_path(run, result.profile), {}});
        suites[entry->second].cases.push_back(case_of(run, result, limit, case_names));
    }
    if (run.cases.empty() || run.interrupted_by != 0) suites.push_back(unfinished(run));
    return suites;
}

/// Jenkins takes what stands before the last dot for a package.
std::string class_name(std::string_view suite) {
    std::string name;
    for (; !suite.empty(); suite.remove_prefix(1)) {
        if (suite.starts_with(".json / ")) suite.remove_prefix(std::string_view{".json"}.size());
        name += suite.front() == '.' ? '_' : suite.front();
    }
    return name;
}

class Writer {
public:
    explicit Writer(JunitDialect dialect) : rich_{dialect == JunitDialect::portable} {}

    void suites(const std::vector<Suite>& suites, const std::string& started_at) {
        Totals all;
        for (const auto& suite : suites) {
            for (const auto& c : suite.cases) all.add(c);
        }
        xml_.PushHeader(false, true);
        xml_.OpenElement("testsuites");
        attribute("name", "callgate");
        attribute("tests", std::to_string(all.tests));
        attribute("failures", std::to_string(all.failures));
        attribute("errors", std::to_string(all.errors));
        if (rich_) attribute("skipped", std::to_string(all.skipped));
        attribute("time", seconds(all.duration));
        if (rich_ && !started_at.empty()) attribute("timestamp", started_at);
        for (const auto& suite : suites) write(suite, started_at);
        xml_.CloseElement();
    }

    [[nodiscard]] std::string text() const { return xml_.CStr(); }

private:
    void attribute(const char* name, const std::string& value) { xml_.PushAttribute(name, ci_safe(value).c_str()); }

    void element(const char* name, const std::string& text) {
        if (text.empty()) return;
        xml_.OpenElement(name);
        xml_.PushText(text.c_str());
        xml_.CloseElement();
    }

    void write(const Suite& suite, const std::string& started_at) {
        Totals totals;
        for (const auto& c : suite.cases) totals.add(c);
        xml_.OpenElement("testsuite");
        attribute("name", suite.name);
        attribute("tests", std::to_string(totals.tests));
        attribute("failures", std::to_string(totals.failures));
        attribute("errors", std::to_string(totals.errors));
        attribute("skipped", std::to_string(totals.skipped));
        attribute("time", seconds(totals.duration));
        if (!started_at.empty()) attribute("timestamp", started_at);
        if (!suite.file.empty()) attribute("file", suite.file);
        for (const auto& c : suite.cases) write(c, class_name(suite.name));
        xml_.CloseElement();
    }

    void write(const Case& c, const std::string& class_name) {
        xml_.OpenElement("testcase");
        attribute("name", c.name);
        attribute("classname", class_name);
        attribute("time", seconds(c.duration));
        if (rich_) write_rich(c);
        if (c.verdict == Verdict::skipped) {
            xml_.OpenElement("skipped");
            attribute("message", c.message);
            xml_.CloseElement();
        } else if (c.verdict != Verdict::passed) {
            // One and only one: with two of them each reader shows another.
            xml_.OpenElement(c.verdict == Verdict::failure ? "failure" : "error");
            attribute("type", c.type);
            attribute("message", c.message);
            xml_.PushText(c.body.c_str());
            xml_.CloseElement();
            write_flaky(c);
        }
        element("system-out", c.output);
        element("system-err", c.log);
        xml_.CloseElement();
    }

    void write_rich(const Case& c) {
        if (!c.place.file.empty()) attribute("file", c.place.file);
        if (c.place.line > 0) attribute("line", std::to_string(c.place.line));
        if (c.properties.empty()) return;
        xml_.OpenElement("properties");
        for (const auto& [name, value] : c.properties) {
            xml_.OpenElement("property");
            attribute("name", name);
            attribute("value", value);
            xml_.CloseElement();
        }
        xml_.CloseElement();
    }

    /// Jenkins reads the child stackTrace and nothing else of it.
    void write_flaky(const Case& c) {
        if (c.flaky.empty()) return;
        xml_.OpenElement(c.verdict == Verdict::failure ? "flakyFailure" : "flakyError");
        attribute("type", c.type);
        attribute("message", c.flaky + ": " + c.message);
        element("stackTrace", c.body);
        xml_.CloseElement();
    }

    bool rich_;
    tinyxml2::XMLPrinter xml_;
};

}  // namespace

std::string junit_xml(const model::RunResult& run, JunitDialect dialect) {
    Writer writer{dialect};
    writer.suites(suites_of(run), shown(run.started_at));
    return writer.text();
}

}  // namespace callgate::reports
