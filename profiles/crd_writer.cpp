#include "profiles/crd_writer.h"

#include "profiles/by_name.h"
#include "profiles/lines.h"
#include "profiles/semantics.h"
#include "profiles/spec_writer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

namespace callgate::profiles {

namespace {

using model::Profile;

/// A scalar: plain where that is safe, else in double quotes, which YAML reads as JSON does.
std::string yaml(const std::string& text) {
    if (is_syscall_word(text)) return text;
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// An object's name: what Kubernetes takes, from the name of the file.
std::string object_name(const std::string& file) {
    constexpr std::size_t kLongest = 63;
    std::string name;
    for (const char c : std::filesystem::path{file}.stem().string()) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (plain) {
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    name.resize(std::min(name.size(), kLongest));
    while (!name.empty() && name.back() == '-') name.pop_back();
    return name.empty() ? "profile" : name;
}

class Writer {
public:
    explicit Writer(const Profile& profile) : profile_{profile}, written_default_{resolve(profile.default_action, {})} {
        for (const auto& call : by_name(profile)) {
            if (call.unconditional()) decided_.emplace(call.name.text, call.alternatives.front().action);
        }
    }

    Written write() {
        auto& text = written_.text;
        text = fmt::format(
            "apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nmetadata:\n"
            "  name: {}\nspec:\n  defaultAction: {}\n",
            yaml(object_name(profile_.name)), oci_name(profile_.default_action));
        check_default_errno();
        list("architectures", arch_names());
        if (profile_.flags) list("flags", *profile_.flags);
        write_listener();
        std::size_t comments = 0;
        std::string rules;
        for (const auto& rule : profile_.rules) {
            comments += rule.comment.empty() ? 0U : 1U;
            write_rule(rule, rules);
        }
        if (!rules.empty()) text += "  syscalls:\n" + rules;
        if (comments != 0)
            written_.losses.push_back(fmt::format("the SPO CRD has no comments: {} are left out", comments));
        return std::move(written_);
    }

private:
    void lose(const core::Span& span, std::string_view what) { written_.losses.push_back(at(span, what)); }

    void check_default_errno() {
        if (!takes_errno(profile_.default_action)) return;
        const auto number = profile_.default_errno_ret.value_or(EPERM);
        if (number == EPERM) return;
        lose(profile_.default_action_span,
             fmt::format("the SPO CRD has no defaultErrnoRet: EPERM instead of {} for unknown calls",
                         model::errno_name(number)));
    }

    [[nodiscard]] std::vector<std::string> arch_names() const {
        std::vector<std::string> names;
        for (const auto arch : listed_archs(profile_)) names.emplace_back(oci_name(arch));
        return names;
    }

    void list(std::string_view key, const std::vector<std::string>& words) {
        // An absent list of flags is not an empty one.
        if (words.empty() && key != "flags") return;
        if (words.empty()) {
            written_.losses.push_back(
                "the SPO CRD does not tell an empty list of flags from none: runtimes take SPEC_ALLOW");
            return;
        }
        written_.text += fmt::format("  {}:\n", key);
        for (const auto& word : words) written_.text += fmt::format("    - {}\n", yaml(word));
    }

    void write_listener() {
        constexpr std::string_view kRoot = "/var/run/security-profiles-operator/";
        if (!profile_.listener_path) return;
        if (!profile_.listener_path->starts_with(kRoot)) {
            written_.losses.push_back(
                fmt::format("the SPO CRD takes listeners below {} only: listenerPath is left out", kRoot));
            return;
        }
        written_.text += fmt::format("  listenerPath: {}\n", yaml(*profile_.listener_path));
        if (profile_.listener_metadata)
            written_.text += fmt::format("  listenerMetadata: {}\n", yaml(*profile_.listener_metadata));
    }

    /// A number that the CRD, whose numbers are signed, has no place for.
    static const Profile::Argument* too_large(const Profile::Rule& rule) {
        constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        const auto found = std::find_if(rule.args.begin(), rule.args.end(), [](const Profile::Argument& argument) {
            return argument.value > kLargest || argument.value_two > kLargest;
        });
        return found == rule.args.end() ? nullptr : &*found;
    }

    /// The names that a rule still decides about once the default action has become EPERM. Runtimes leave a rule out
    /// that says the default, and then rules come to effect that it had overridden.
    std::vector<Profile::Name> names_of(const Profile::Rule& rule) {
        if (written_default_ == default_action(profile_)) return rule.names;
        std::vector<Profile::Name> names;
        for (const auto& name : rule.names) {
            const auto decided = decided_.find(name.text);
            if (decided == decided_.end()) {
                names.push_back(name);
                continue;
            }
            const bool decides = rule.args.empty() && action_of(rule) == decided->second;
            if (decides && decided->second != written_default_ && written_names_.insert(name.text).second)
                names.push_back(name);
        }
        return names;
    }

    void write_rule(const Profile::Rule& rule, std::string& out) {
        const auto rule_names = names_of(rule);
        if (rule_names.empty()) return;
        const auto* large = too_large(rule);
        const bool refusing = model::refuses(action_of(rule));
        if (large != nullptr) {
            std::vector<std::string> names;
            for (const auto& name : rule.names) names.push_back(name.text);
            lose(large->span, fmt::format("the SPO CRD has no numbers above 63 bits: {} is refused {}", listed(names),
                                          refusing ? "whatever its arguments are" : "also with these arguments"));
            if (!refusing) return;
        }
        out += "    - names:\n";
        for (const auto& name : rule_names) out += fmt::format("        - {}\n", yaml(name.text));
        out += fmt::format("      action: {}\n", oci_name(rule.action));
        write_errno(rule, out);
        if (rule.args.empty() || large != nullptr) return;
        out += "      args:\n";
        for (const auto& argument : rule.args) {
            out += fmt::format("        - index: {}\n          value: {}\n", argument.index, argument.value);
            if (argument.value_two != 0 || argument.op == Profile::Operator::masked_eq)
                out += fmt::format("          valueTwo: {}\n", argument.value_two);
            out += fmt::format("          op: {}\n", oci_name(argument.op));
        }
    }

    void write_errno(const Profile::Rule& rule, std::string& out) {
        constexpr std::uint16_t kLargest = 4095;
        if (!rule.args.empty() && counts(profile_, rule) && action_of(rule) == written_default_) {
            lose(rule.span,
                 fmt::format("{} takes the place of EPERM, the default that the SPO CRD has: runtimes would leave "
                             "the rule out",
                             model::errno_name(EACCES)));
            out += fmt::format("      errnoRet: {}\n", EACCES);
            return;
        }
        if (!rule.errno_ret) return;
        if (*rule.errno_ret == 0 || *rule.errno_ret > kLargest) {
            lose(rule.span, fmt::format("the SPO CRD has no errnoRet of {}: EPERM takes its place", *rule.errno_ret));
            return;
        }
        out += fmt::format("      errnoRet: {}\n", *rule.errno_ret);
    }

    const Profile& profile_;
    model::Action written_default_;
    std::map<std::string, model::Action> decided_;  ///< calls that are answered alike whatever their arguments are
    std::set<std::string> written_names_;           ///< of those
    Written written_;
};

}  // namespace

core::Result<Written> write_crd(const Profile& profile) {
    return Writer{profile}.write();
}

}  // namespace callgate::profiles
