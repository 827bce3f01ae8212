#include "profiles/lint.h"

#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/cli/profile_options.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/document/node.h"
#include "profiles/lint_allow.h"
#include "profiles/lint_fix.h"
#include "profiles/lint_report.h"
#include "profiles/resolve.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <utility>

namespace callgate::cli {

namespace {

constexpr std::string_view kConfigName = ".callgate-lint.yaml";

struct Options {
    std::vector<std::string> profiles;
    std::string config;
    std::vector<std::string> allow;
    std::string format = "text";
    bool fix = false;
    bool strict = false;
    ProfileOptions reading;
};

/// A profile that lint looks at, and the text that it was read from.
struct Looked {
    std::unique_ptr<document::Node> root;  ///< null where the text is no JSON
    std::unique_ptr<profiles::LintSubject> subject;
    std::vector<profiles::Finding> findings;
    bool readable = true;  ///< false: only the words were looked at
};

bool same_place(const core::Span& a, const core::Span& b) {
    return a.begin == b.begin && a.end == b.end;
}

/// Says what the reader said, less what findings say better: mistakes that they correct, and names that are not there.
/// True when a mistake was left.
bool tell(const core::Diagnostics& said, const Looked& looked, core::Diagnostics& left) {
    std::set<std::size_t> names;
    for (const auto& rule : looked.subject->written().rules) {
        for (const auto& name : rule.names) names.insert(name.span.begin);
    }
    bool mistaken = false;
    for (const auto& diagnostic : said.all()) {
        const bool found =
            std::any_of(looked.findings.begin(), looked.findings.end(),
                        [&](const profiles::Finding& finding) { return same_place(finding.span, diagnostic.span); });
        if (diagnostic.severity == core::Severity::error) {
            if (found) continue;
            left.error(diagnostic.span, diagnostic.message, diagnostic.hint);
            mistaken = true;
        } else if (diagnostic.severity == core::Severity::warning && names.count(diagnostic.span.begin) == 0) {
            left.warning(diagnostic.span, diagnostic.message, diagnostic.hint);
        }
    }
    return mistaken;
}

/// None when the text is no profile, which was said.
std::optional<Looked> look(const std::string& path, const ProfileOptions& reading, core::Diagnostics& diagnostics) {
    auto text = core::read_file(path);
    if (!text) {
        diagnostics.error({}, text.error().message);
        return std::nullopt;
    }
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{path, std::move(*text)});
    Looked looked;
    core::Diagnostics ignored;
    if (auto root = document::parse_json(source, ignored))
        looked.root = std::make_unique<document::Node>(std::move(*root));
    core::Diagnostics said;
    auto content = load_content(path, path, {}, reading, said);
    auto target = target_of(reading, diagnostics);
    if (!reading.as.empty() && !target) return std::nullopt;
    if (content && std::holds_alternative<bpf::Program>(*content)) {
        diagnostics.error({}, fmt::format("'{}' is a compiled filter: lint looks at rules", path),
                          "`callgate explain` and `callgate score` look at filters");
        return std::nullopt;
    }
    looked.readable = content.has_value();
    model::Profile profile;
    if (content) {
        profile = std::get<model::Profile>(std::move(*content));
    } else {
        // The words are looked at all the same: one that is misspelt is a finding with a correction.
        profile.name = path;
        profile.span = {source, 0, 0};
    }
    const bool asked = target.has_value();
    if (!target && model::is_conditional(profile)) target = profiles::own_target(profile, host_kernel());
    looked.subject =
        std::make_unique<profiles::LintSubject>(std::move(profile), looked.root.get(), std::move(target), asked);
    looked.findings = looked.readable ? profiles::lint(*looked.subject) : profiles::lint_words(*looked.subject);
    if (tell(said, looked, diagnostics) || (!looked.readable && looked.findings.empty())) return std::nullopt;
    return looked;
}

class Linting {
public:
    Linting(const Options& options, const Invocation& invocation) : options_{options}, invocation_{invocation} {}

    int run() {
        for (const auto& word : options_.allow) {
            auto allowance = profiles::read_allowance(word);
            if (!allowance) return complain(invocation_, "--allow: " + allowance.error().message);
            given_.push_back(std::move(*allowance));
        }
        bool usable = options_.config.empty() || read_config(options_.config);
        for (const auto& path : options_.profiles) usable = look_at(path) && usable;
        invocation_.err << core::render(diagnostics_);
        if (!usable) return kUnusable;
        tell_unused();
        invocation_.out << (options_.format == "json"       ? profiles::render_json(reports_)
                            : options_.format == "markdown" ? profiles::render_markdown(reports_)
                                                            : profiles::render_text(reports_));
        return has_problems() ? kFindings : kOk;
    }

private:
    bool read_config(const std::string& path) {
        if (configs_.count(path) != 0) return configs_[path].has_value();
        auto& known = configs_[path];
        auto text = core::read_file(path);
        if (!text) {
            diagnostics_.error({}, text.error().message);
            return false;
        }
        const auto source = std::make_shared<const core::SourceText>(core::SourceText{path, std::move(*text)});
        known = profiles::read_allowances(source, diagnostics_);
        return known.has_value();
    }

    /// The file of allowances that holds for a profile: the one that was named, else the one beside it.
    std::optional<std::string> config_for(const std::string& path) const {
        if (!options_.config.empty()) return options_.config;
        const auto beside = std::filesystem::path{path}.parent_path() / kConfigName;
        std::error_code error;
        return std::filesystem::exists(beside, error) ? std::optional{beside.string()} : std::nullopt;
    }

    bool look_at(const std::string& path) {
        const auto config = config_for(path);
        if (config && !read_config(*config)) return false;
        auto looked = look(path, options_.reading, diagnostics_);
        if (!looked) return false;
        auto allowed = take(*looked, path, config);
        if (options_.fix) {
            const auto repaired = repair(*looked, path);
            if (!repaired) return false;
            if (*repaired) {
                looked = look(path, options_.reading, diagnostics_);
                if (!looked) return false;
                allowed = take(*looked, path, config);
            }
        }
        profiles::LintReport report{path, std::move(looked->findings), std::move(allowed), {}};
        if (!looked->readable) {
            report.unproven = "the profile is not read before the mistakes above are corrected";
        } else if (looked->subject->filter() == nullptr) {
            report.unproven = looked->subject->failure();
        }
        reports_.push_back(std::move(report));
        return true;
    }

    std::vector<profiles::AllowedFinding> take(Looked& looked, const std::string& path,
                                               const std::optional<std::string>& config) {
        auto allowed = profiles::take_allowed(looked.findings, path, given_);
        if (!config) return allowed;
        auto more = profiles::take_allowed(looked.findings, path, *configs_[*config]);
        std::move(more.begin(), more.end(), std::back_inserter(allowed));
        return allowed;
    }

    /// Whether the file is another one now; none when it failed, which was said.
    std::optional<bool> repair(const Looked& looked, const std::string& path) {
        auto fix = profiles::fix(*looked.subject, looked.findings);
        if (!fix) {
            diagnostics_.error({}, "--fix: " + fix.error().message);
            return std::nullopt;
        }
        if (fix->steps.empty()) {
            if (looked.subject->target() != nullptr) {
                invocation_.err << core::printable(
                                       fmt::format("--fix: {}: nothing was done: what decides nothing for one "
                                                   "target may decide for another",
                                                   path))
                                << "\n";
            }
            return false;
        }
        if (const auto written = core::write_file(path, fix->text); !written) {
            diagnostics_.error({}, "--fix: " + written.error().message);
            return std::nullopt;
        }
        for (const auto& step : fix->steps) invocation_.err << core::printable("fixed: " + step) << "\n";
        return true;
    }

    void tell_unused() const {
        const auto tell = [&](const profiles::Allowance& allowance) {
            if (allowance.used) return;
            const auto place = allowance.span.known() ? core::to_string(allowance.span) : std::string{"--allow"};
            invocation_.err << core::printable(fmt::format("{}: nothing was found that {} allows: take it out", place,
                                                           allowance.rule->id))
                            << "\n";
        };
        for (const auto& allowance : given_) tell(allowance);
        for (const auto& [path, allowances] : configs_) {
            for (const auto& allowance : *allowances) tell(allowance);
        }
    }

    [[nodiscard]] bool has_problems() const {
        return std::any_of(reports_.begin(), reports_.end(), [&](const profiles::LintReport& report) {
            return !report.unproven.empty() ||
                   std::any_of(report.findings.begin(), report.findings.end(), [&](const profiles::Finding& finding) {
                       return options_.strict || finding.severity != core::Severity::note;
                   });
        });
    }

    const Options& options_;
    const Invocation& invocation_;
    core::Diagnostics diagnostics_;
    std::vector<profiles::Allowance> given_;
    std::map<std::string, std::optional<std::vector<profiles::Allowance>>> configs_;
    std::vector<profiles::LintReport> reports_;
};

int run(const Invocation& invocation) {
    Options options;
    CLI::App app{"Look for what is wrong with profiles, and for what they permit that is dangerous.", "callgate lint"};
    app.add_option("profiles", options.profiles, "the profiles")->required();
    app.add_flag("--fix", options.fix, "make the repairs that need no decision; the text is kept otherwise");
    app.add_option("--allow", options.allow, "accept a finding: CG0041=\"why\"; may be repeated")
        ->type_name("ID=REASON");
    app.add_option("--config", options.config, "what is accepted; default: .callgate-lint.yaml beside each profile");
    app.add_flag("--strict", options.strict, "notes count as well");
    declare_reading(app, options.reading);
    declare_target(app, options.reading);
    app.add_option("--format", options.format, "how to print it")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    app.footer(
        "`callgate list lint-rules` names what is looked for, `callgate explain CG0012` shows the page of a finding.\n"
        "exit codes: 0 nothing but notes, 1 findings, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;
    return Linting{options, invocation}.run();
}

}  // namespace

extern const Command lint_command;
const Command lint_command{"lint", "look for mistakes and dangers in profiles", run};

}  // namespace callgate::cli
