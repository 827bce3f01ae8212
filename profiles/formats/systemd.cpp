// systemd's SystemCallFilter=, SystemCallErrorNumber= and SystemCallArchitectures= (systemd.exec(5)), in a unit or a
// drop-in.
#include "harness/core/closest.h"
#include "harness/core/number.h"
#include "harness/core/printable.h"
#include "harness/model/action.h"
#include "harness/model/call.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/names.h"
#include "profiles/semantics.h"
#include "profiles/systemd_groups.h"
#include "profiles/unit_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace callgate::profiles::systemd {

namespace {

using model::Profile;

constexpr std::size_t kShown = 60;
constexpr std::size_t kMostChanges = 100'000;  // a set counts once per member
constexpr std::string_view kFilter = "SystemCallFilter";
constexpr std::string_view kErrno = "SystemCallErrorNumber";
constexpr std::string_view kArchs = "SystemCallArchitectures";

/// A line `key=value`; its value may go on behind a backslash, on the next lines.
struct Assignment {
    Piece key;
    std::vector<Piece> values;
};

bool is_ours(std::string_view key) {
    return key == kFilter || key == kErrno || key == kArchs;
}

std::vector<Assignment> assignments(const document::Source& source) {
    std::vector<Assignment> all;
    bool goes_on = false;
    for (const auto& raw : lines_of(source)) {
        auto line = trimmed(raw);
        if (line.text.starts_with('#') || line.text.starts_with(';')) continue;  // also between continued lines
        const bool continued = goes_on;
        goes_on = line.text.ends_with('\\');
        if (goes_on) line = trimmed(part_of(line, 0, line.text.size() - 1));
        if (continued) {
            if (!all.empty()) all.back().values.push_back(line);
            continue;
        }
        const auto equals = line.text.find('=');
        if (equals == std::string_view::npos) {
            all.push_back({line, {}});
        } else {
            all.push_back({trimmed(part_of(line, 0, equals)), {trimmed(part_of(line, equals + 1))}});
        }
    }
    return all;
}

bool recognises(const Input& input) {
    if (input.root != nullptr) return false;
    const auto lines = lines_of(input.source);
    return std::any_of(lines.begin(), lines.end(), [](const Piece& line) {
        const auto equals = line.text.find('=');
        return equals != std::string_view::npos && is_ours(trimmed(part_of(line, 0, equals)).text);
    });
}

/// What a refused call gets: an errno, or none for an end of the process.
using Refusal = std::optional<std::uint16_t>;

class Reader {
public:
    Reader(const document::Source& source, core::Diagnostics& diagnostics)
        : source_{source}, diagnostics_{diagnostics} {}

    std::optional<Profile> read() {
        const auto before = diagnostics_.said();
        for (const auto& assignment : assignments(source_)) take(assignment);
        if (changes_ > kMostChanges) {
            diagnostics_.error(first_byte(source_),
                               fmt::format("more than {} system call names, those of sets counted too", kMostChanges));
        }
        if (diagnostics_.said() != before && diagnostics_.has_errors()) return std::nullopt;
        auto profile = made();
        drop_strange_members(profile);
        warn_of_names(profile, diagnostics_);
        return profile;
    }

private:
    struct Call {
        Profile::Name name;
        std::optional<Refusal> refusal;  ///< none: what SystemCallErrorNumber says
        bool by_group = false;
    };

    void take(const Assignment& assignment) {
        const auto key = assignment.key.text;
        if (key.starts_with('[') && key.ends_with(']')) section_ = key;
        if (!is_ours(key)) return;
        if (!section_.empty() && section_ != "[Service]" && section_ != "[Socket]" && section_ != "[Mount]" &&
            section_ != "[Swap]") {
            diagnostics_.warning(assignment.key.span, fmt::format("systemd passes over {} in {}", key, section_),
                                 "it belongs into [Service], [Socket], [Mount] or [Swap]");
            return;
        }
        std::vector<Piece> words;
        for (const auto& value : assignment.values) {
            const auto more = words_of(value);
            words.insert(words.end(), more.begin(), more.end());
        }
        if (key == kFilter) {
            take_filter(assignment.key, std::move(words));
        } else if (key == kErrno) {
            refusal_ = words.empty() ? Refusal{} : errno_in(words.front()).value_or(Refusal{});
            if (!words.empty()) refusal_span_ = words.front().span;
        } else {
            take_architectures(words);
        }
    }

    void take_filter(const Piece& key, std::vector<Piece> words) {
        if (words.empty()) {  // an empty value takes everything back
            permits_.reset();
            calls_.clear();
            order_.clear();
            return;
        }
        const bool refusing = words.front().text.starts_with('~');
        if (refusing) words.front() = part_of(words.front(), 1);
        if (!permits_) {
            permits_ = !refusing;
            filter_span_ = key.span;
            if (*permits_) add_group("@default", key.span, {}, true);
        }
        for (const auto& word : words) {
            if (!word.text.empty()) take_word(word, refusing);
        }
    }

    void take_word(const Piece& word, bool refusing) {
        const auto colon = word.text.find(':');
        const auto name = part_of(word, 0, colon);
        std::optional<Refusal> refusal;
        if (colon != std::string_view::npos) {
            const auto errno_word = part_of(word, colon + 1);
            refusal = errno_in(errno_word);
            if (!refusal) return;
            if (!refusing) {
                diagnostics_.warning(word.span, "systemd passes over a permitted call with an errno",
                                     fmt::format("leave ':{}' out", errno_word.text));
                return;
            }
        }
        const bool adds = refusing != *permits_;
        if (name.text.starts_with('@')) {
            add_group(name.text, name.span, refusal, adds);
        } else if (!is_syscall_word(name.text)) {
            diagnostics_.error(name.span,
                               fmt::format("'{}' is no system call name", core::shortened(name.text, kShown)),
                               "a name is letters, digits and '_'; a set begins with '@'");
        } else {
            change({{std::string{name.text}, name.span}, refusal, false}, adds);
        }
    }

    void add_group(std::string_view name, const core::Span& span, std::optional<Refusal> refusal, bool adds) {
        const auto members = systemd_group(name);
        if (!members) {
            diagnostics_.error(span, fmt::format("unknown set '{}'", core::shortened(name, kShown)),
                               core::suggestion(name, systemd_groups()));
            return;
        }
        for (const auto& member : *members) change({{member, span}, refusal, true}, adds);
    }

    void change(Call call, bool adds) {
        if (++changes_ > kMostChanges) return;
        auto name = call.name.text;
        if (!adds) {
            calls_.erase(name);
            return;
        }
        if (calls_.count(name) == 0) order_.push_back(name);
        calls_[std::move(name)] = std::move(call);
    }

    /// The errno of a word; the inner none is `kill`.
    std::optional<Refusal> errno_in(const Piece& word) {
        constexpr std::uint16_t kLargest = 4095;
        if (word.text == "kill") return Refusal{};
        const auto number = core::number_in<std::uint16_t>(word.text);
        if (number && *number <= kLargest) return Refusal{*number};
        if (const auto known = model::errno_number(word.text)) return Refusal{static_cast<std::uint16_t>(*known)};
        diagnostics_.error(word.span, fmt::format("'{}' is no errno", core::shortened(word.text, kShown)),
                           "a name such as EPERM, a number from 0 to 4095, or kill");
        return std::nullopt;
    }

    void take_architectures(const std::vector<Piece>& words) {
        if (words.empty()) {
            archs_.reset();
            return;
        }
        if (!archs_) archs_.emplace();
        for (const auto& word : words) {
            if (word.text == "native") continue;
            if (const auto arch = arch_of_systemd(word.text)) {
                archs_->push_back(*arch);
            } else {
                diagnostics_.error(word.span,
                                   fmt::format("unknown architecture '{}'", core::shortened(word.text, kShown)),
                                   core::suggestion(word.text, systemd_archs()));
            }
        }
    }

    static model::Action action_of_refusal(const Refusal& refusal) {
        return refusal ? model::Action{model::ActionKind::error, *refusal}
                       : model::Action{model::ActionKind::kill_process, 0};
    }

    [[nodiscard]] Profile made() const {
        Profile profile;
        profile.name = source_->name;
        profile.span = {source_, 0, source_->text.size()};
        const bool permits = permits_.value_or(false);
        const auto fallback = permits ? refusal_ : Refusal{};
        profile.default_action = !permits   ? Profile::ActionName::allow
                                 : fallback ? Profile::ActionName::error
                                            : Profile::ActionName::kill_process;
        profile.default_errno_ret = fallback;
        profile.default_action_span = permits && refusal_span_.known() ? refusal_span_
                                      : filter_span_.known()           ? filter_span_
                                                                       : first_byte(source_);
        // Without the key systemd filters every ABI of the machine alike.
        profile.architectures = archs_ ? *archs_ : host_archs();
        std::map<model::Action, std::size_t> rules;
        std::set<std::string> written;
        for (const auto& name : order_) {
            const auto found = calls_.find(name);
            if (found == calls_.end() || !written.insert(name).second) continue;
            const auto refusal = found->second.refusal.value_or(refusal_);
            const auto action = permits ? model::Action{} : action_of_refusal(refusal);
            const auto [place, is_new] = rules.try_emplace(action, profile.rules.size());
            if (is_new) profile.rules.push_back(rule_of(action, profile.span));
            profile.rules[place->second].names.push_back(found->second.name);
        }
        return profile;
    }

    static Profile::Rule rule_of(model::Action action, const core::Span& span) {
        Profile::Rule rule;
        rule.span = span;
        rule.action = action.kind == model::ActionKind::allow   ? Profile::ActionName::allow
                      : action.kind == model::ActionKind::error ? Profile::ActionName::error
                                                                : Profile::ActionName::kill_process;
        if (action.kind == model::ActionKind::error) rule.errno_ret = action.data;
        return rule;
    }

    /// A set names the calls of all architectures: those that none of these has are nobody's mistake.
    void drop_strange_members(Profile& profile) const {
        const auto archs = effective_archs(profile);
        for (auto& rule : profile.rules) {
            std::erase_if(rule.names, [&](const Profile::Name& name) {
                const auto call = calls_.find(name.text);
                return call != calls_.end() && call->second.by_group &&
                       std::none_of(archs.begin(), archs.end(), [&](model::Arch arch) {
                           return model::libseccomp_number(arch, name.text).has_value();
                       });
            });
        }
        std::erase_if(profile.rules, [](const Profile::Rule& rule) { return rule.names.empty(); });
    }

    document::Source source_;
    core::Diagnostics& diagnostics_;
    std::string section_;
    std::optional<bool> permits_;  ///< the listed calls are permitted; false: refused
    core::Span filter_span_;
    std::map<std::string, Call> calls_;
    std::size_t changes_ = 0;
    std::vector<std::string> order_;
    Refusal refusal_;
    core::Span refusal_span_;
    std::optional<std::vector<model::Arch>> archs_;
};

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    return Reader{input.source, diagnostics}.read();
}

}  // namespace

extern const ProfileFormat kFormat{"systemd", "SystemCallFilter= of a systemd unit, with its sets", recognises, read,
                                   write_unit};

}  // namespace callgate::profiles::systemd
