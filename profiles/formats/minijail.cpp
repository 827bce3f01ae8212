// Policies of minijail (minijail0(5), syscall_filter.c): `name: expression; return ERRNO`, `@include`, `@denylist`.
// A call whose expression holds is permitted, one whose expression fails gets the errno, or ends the process.
#include "harness/core/closest.h"
#include "harness/core/number.h"
#include "harness/core/printable.h"
#include "harness/model/call.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/names.h"
#include "profiles/policy_expression.h"
#include "profiles/policy_writer.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace callgate::profiles::minijail {

namespace {

using model::Profile;

constexpr std::size_t kShown = 60;
constexpr std::size_t kMostLines = 10'000;

/// A line and those that it goes on in behind a backslash, as one text of its own where there are several.
std::vector<Piece> policy_lines(const document::Source& source) {
    std::vector<Piece> all;
    std::optional<Piece> open;
    for (const auto& raw : lines_of(source)) {
        const auto line = trimmed(raw);
        const bool goes_on = line.text.ends_with('\\');
        if (open) {
            // One piece from the first line's beginning: a backslash and a line's end are blanks to the parser below.
            open = part_of({source->text, {source, 0, source->text.size()}}, open->span.begin,
                           line.span.end - open->span.begin);
        } else {
            open = line;
        }
        if (goes_on) continue;
        if (!open->text.empty() && !open->text.starts_with('#')) all.push_back(*open);
        open.reset();
    }
    if (open && !open->text.empty()) all.push_back(*open);
    return all;
}

bool recognises(const Input& input) {
    if (input.root != nullptr) return false;
    const auto lines = policy_lines(input.source);
    return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](const Piece& line) {
        if (line.text.starts_with('@')) return true;
        const auto colon = line.text.find(':');
        if (colon == std::string_view::npos) return false;
        const auto name = trimmed(part_of(line, 0, colon)).text;
        return is_syscall_word(name) ||
               (!name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos);
    });
}

class Reader {
public:
    Reader(const document::Source& source, const ReadOptions& options, core::Diagnostics& diagnostics)
        : source_{source}, options_{options}, diagnostics_{diagnostics} {}

    std::optional<Profile> read() {
        profile_.name = source_->name;
        profile_.span = {source_, 0, source_->text.size()};
        profile_.default_action = Profile::ActionName::kill_process;
        profile_.default_action_span = first_byte(source_);
        read_lines(source_, false);
        if (failed_) return std::nullopt;
        warn_of_names(profile_, diagnostics_);
        return std::move(profile_);
    }

private:
    void fail(const core::Span& span, std::string message, std::string hint = {}) {
        failed_ = true;
        diagnostics_.error(span, std::move(message), std::move(hint));
    }

    void read_lines(const document::Source& source, bool included) {
        for (const auto& line : policy_lines(source)) {
            if (++lines_ > kMostLines) {
                fail(line.span, fmt::format("a policy of more than {} lines", kMostLines));
                return;
            }
            if (line.text.starts_with('@')) {
                read_statement(line, included);
            } else {
                read_rule(line);
            }
        }
    }

    void read_statement(const Piece& line, bool included) {
        const auto words = words_of(line);
        const auto statement = words.front().text;
        if (statement == "@denylist") {
            if (lines_ != 1) fail(words.front().span, "'@denylist' stands behind a rule", "it must come first");
            denylist_ = true;
            profile_.default_action = Profile::ActionName::allow;
            profile_.default_action_span = words.front().span;
        } else if (statement == "@frequency") {
            return;  // a hint for the layout of the filter
        } else if (statement == "@include") {
            read_include(line, words, included);
        } else {
            fail(words.front().span, fmt::format("unknown statement '{}'", core::shortened(statement, kShown)),
                 core::suggestion(statement, {"@include", "@denylist", "@frequency"}));
        }
    }

    void read_include(const Piece& line, const std::vector<Piece>& words, bool included) {
        if (included) return fail(line.span, "an included policy includes another: minijail refuses that");
        if (words.size() != 2) return fail(line.span, "'@include' names no file", "@include ./other.policy");
        const auto& path = words[1];
        if (!path.text.starts_with('/') && !path.text.starts_with("./")) {
            return fail(path.span,
                        fmt::format("minijail takes no path that begins like '{}'", core::shortened(path.text, kShown)),
                        fmt::format("write './{}'", core::shortened(path.text, kShown)));
        }
        if (!options_.open) return fail(path.span, "an included policy cannot be opened here");
        const auto source = options_.open(std::string{path.text});
        if (!source)
            return fail(path.span, fmt::format("the included policy cannot be read: {}", source.error().message));
        read_lines(*source, true);
    }

    void read_rule(const Piece& line) {
        const auto colon = line.text.find(':');
        if (colon == std::string_view::npos)
            return fail(line.span, "a line without ':'", "a rule is `name: expression`");
        const auto name = name_of(trimmed(part_of(line, 0, colon)));
        const auto said = trimmed(part_of(line, colon + 1));
        if (!name) return;
        const auto [earlier, is_new] = seen_.try_emplace(name->text, name->span);
        if (!is_new) {
            fail(name->span, fmt::format("{} has a rule already", name->text));
            diagnostics_.note(earlier->second, "it is here");
            return;
        }
        if (said.text.starts_with('{')) {
            return fail(said.span, "rules in braces are not read", "write the rule as one line");
        }
        const auto semicolon = said.text.find(';');
        auto condition = trimmed(part_of(said, 0, semicolon));
        auto refusal = semicolon == std::string_view::npos ? std::optional<Piece>{}
                                                           : std::optional{trimmed(part_of(said, semicolon + 1))};
        if (condition.text.starts_with("return") && !refusal) std::swap(condition, refusal.emplace());
        add(*name, line, condition, refusal);
    }

    std::optional<Profile::Name> name_of(const Piece& word) {
        if (is_syscall_word(word.text)) {
            if (!model::known_syscall(std::string{word.text})) {
                const auto near = model::closest_syscall(std::string{word.text});
                fail(word.span, fmt::format("unknown system call '{}': minijail refuses the policy", word.text),
                     near ? fmt::format("did you mean '{}'?", *near) : std::string{});
                return std::nullopt;
            }
            return Profile::Name{std::string{word.text}, word.span};
        }
        const auto number = core::number_in<std::int32_t>(word.text);
        const auto known =
            number ? model::syscall_name(model::audit_arch(model::native_arch()), *number) : std::string{};
        if (model::known_syscall(known)) return Profile::Name{known, word.span};
        fail(word.span,
             fmt::format("'{}' is neither name nor number of a system call", core::shortened(word.text, kShown)));
        return std::nullopt;
    }

    void add(const Profile::Name& name, const Piece& line, const Piece& condition,
             const std::optional<Piece>& refusal) {
        Alternatives permitted;
        if (condition.text == "1" || condition.text == "allow") {
            permitted = {Clause{}};
        } else if (!condition.text.empty()) {
            auto read = read_expression(condition, effort_, diagnostics_);
            if (!read) return void(failed_ = true);
            permitted = std::move(*read);
        } else if (!refusal) {
            return fail(line.span, fmt::format("{} has no rule", name.text),
                        "1 permits it; or an expression, or `return ERRNO`");
        }
        const auto otherwise = refusal ? action_of_return(*refusal) : model::Action{model::ActionKind::kill_process, 0};
        if (!otherwise) return;
        if (!denylist_) {
            for (const auto& clause : permitted) add_rule(name, line, clause, {model::ActionKind::allow, 0});
        }
        if (*otherwise == default_action(profile_)) return;
        const auto refused = neither(permitted, effort_);
        if (!refused) {
            return fail(condition.span,
                        "no rule of a profile can say what this refuses: it would test one argument twice",
                        "refuse with the policy's default, or permit a single value");
        }
        for (const auto& clause : *refused) add_rule(name, line, clause, *otherwise);
    }

    /// What `return` gives back.
    std::optional<model::Action> action_of_return(const Piece& text) {
        constexpr std::string_view kReturn = "return";
        constexpr std::uint64_t kLargest = 4094;
        if (!text.text.starts_with(kReturn)) {
            fail(text.span,
                 fmt::format("'{}' stands where `return ERRNO` is wanted", core::shortened(text.text, kShown)));
            return std::nullopt;
        }
        const auto value = trimmed(part_of(text, kReturn.size()));
        if (value.text.empty() || value.text == "kill-process" || value.text == "kill")
            return model::Action{model::ActionKind::kill_process, 0};
        if (value.text == "kill-thread") return model::Action{model::ActionKind::kill_thread, 0};
        if (value.text == "trap") return model::Action{model::ActionKind::trap, 0};
        const auto before = diagnostics_.said();
        const auto number = read_constant(value, diagnostics_);
        if (number && *number != 0 && *number <= kLargest)
            return model::Action{model::ActionKind::error, static_cast<std::uint16_t>(*number)};
        failed_ = true;
        if (diagnostics_.said() == before)
            fail(value.span, fmt::format("'{}' is no errno", core::shortened(value.text, kShown)),
                 "such as `return EPERM`");
        return std::nullopt;
    }

    void add_rule(const Profile::Name& name, const Piece& line, const Clause& clause, model::Action action) {
        Profile::Rule rule;
        rule.names.push_back(name);
        rule.span = line.span;
        rule.args = clause;
        rule.action = action.kind == model::ActionKind::allow         ? Profile::ActionName::allow
                      : action.kind == model::ActionKind::error       ? Profile::ActionName::error
                      : action.kind == model::ActionKind::trap        ? Profile::ActionName::trap
                      : action.kind == model::ActionKind::kill_thread ? Profile::ActionName::kill_thread
                                                                      : Profile::ActionName::kill_process;
        if (action.kind == model::ActionKind::error) rule.errno_ret = action.data;
        for (auto& argument : rule.args) {
            if (!argument.span.known()) argument.span = line.span;
        }
        profile_.rules.push_back(std::move(rule));
    }

    document::Source source_;
    const ReadOptions& options_;
    core::Diagnostics& diagnostics_;
    Profile profile_;
    Effort effort_;
    bool denylist_ = false;
    bool failed_ = false;
    std::size_t lines_ = 0;
    std::map<std::string, core::Span> seen_;
};

std::optional<Content> read(const Input& input, const ReadOptions& options, core::Diagnostics& diagnostics) {
    return Reader{input.source, options, diagnostics}.read();
}

}  // namespace

extern const ProfileFormat kFormat{"minijail", "a policy of minijail", recognises, read, write_policy};

}  // namespace callgate::profiles::minijail
