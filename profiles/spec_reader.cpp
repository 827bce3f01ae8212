#include "profiles/spec_reader.h"

#include "harness/core/number.h"
#include "harness/core/printable.h"
#include "harness/document/read.h"
#include "profiles/capabilities.h"
#include "profiles/names.h"
#include "profiles/semantics.h"
#include "profiles/strict.h"
#include "profiles/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

using document::MappingReader;
using document::Node;
using model::Profile;

constexpr std::size_t kMostRules = 10'000;
constexpr std::size_t kMostNames = 2'000;
constexpr std::size_t kMostArguments = 6;
constexpr std::uint64_t kLastArgument = 5;
constexpr std::uint64_t kLargestErrno = 4094;  // libseccomp refuses its MAX_ERRNO, 4095 (src/db.c, db_action_valid)
constexpr std::uint64_t kLargestTrace = 65535;
constexpr std::size_t kMostWords = 64;  // architectures or flags
constexpr std::size_t kMostErrors = 100;

constexpr std::array kActions{
    Profile::ActionName::kill,  Profile::ActionName::kill_process, Profile::ActionName::kill_thread,
    Profile::ActionName::trap,  Profile::ActionName::error,        Profile::ActionName::trace,
    Profile::ActionName::allow, Profile::ActionName::log,          Profile::ActionName::notify,
};
constexpr std::array kOperators{
    Profile::Operator::ne, Profile::Operator::lt, Profile::Operator::le,        Profile::Operator::eq,
    Profile::Operator::ge, Profile::Operator::gt, Profile::Operator::masked_eq,
};
constexpr std::array<std::string_view, 4> kFlags{
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
};

/// Of the runtime-spec, and beyond what libseccomp 2.5 compiles for.
constexpr std::array<std::string_view, 5> kUncompilable{"SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_SH",
                                                        "SCMP_ARCH_SHEB", "SCMP_ARCH_RISCV32"};

/// A minKernel of Docker's: two numbers and nothing behind them.
bool is_kernel(std::string_view text) {
    constexpr std::size_t kLongest = 9;
    const auto dot = text.find('.');
    const auto is_number = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return text.size() <= kLongest && dot != std::string_view::npos && is_number(text.substr(0, dot)) &&
           is_number(text.substr(dot + 1)) && text.find_first_not_of("0.") != std::string_view::npos;
}

class Reader {
public:
    Reader(const SpecDialect& dialect, core::Diagnostics& diagnostics) : dialect_{dialect}, diagnostics_{diagnostics} {}

    Profile read(const Node& node) {
        Profile profile;
        profile.name = node.span.file();
        profile.span = node.span;
        MappingReader fields{node, "a seccomp profile", diagnostics_};
        for (const auto key : dialect_.other_keys) (void)fields.optional(key);
        read_default(fields, profile);
        read_architectures(present(fields.optional("architectures")), profile);
        if (dialect_.conditions) read_arch_map(fields, profile);
        read_flags(present(fields.optional("flags")), profile);
        read_listener(fields, profile);
        read_rules(present(fields.optional("syscalls")), profile);
        fields.finish();
        return profile;
    }

private:
    /// Go programs write `null` for a list or a pointer that is not there, and read it so.
    static const Node* present(const Node* node) {
        return node == nullptr || node->kind == Node::Kind::null ? nullptr : node;
    }

    /// True for a list of at most so many.
    bool expect_few(const Node& list, std::string_view what, std::size_t most) {
        if (!expect_list(list, what, diagnostics_)) return false;
        if (list.items.size() <= most) return true;
        diagnostics_.error(list.items[most].span,
                           fmt::format("a list of {} {}, more than {}", list.items.size(), what, most));
        return false;
    }

    std::optional<std::string> text(const Node& node) {
        return dialect_.plain_strings ? document::read_string(node, diagnostics_) : read_text(node, diagnostics_);
    }

    std::optional<Profile::Name> word(const Node& node) {
        auto said = text(node);
        return said ? std::optional{Profile::Name{std::move(*said), node.span}} : std::nullopt;
    }

    /// One of `values`, each written as its oci_name().
    template <typename Value, std::size_t Count>
    std::optional<Value> token(const Node& node, const std::array<Value, Count>& values, std::string_view what,
                               std::string_view prefix) {
        const auto said = text(node);
        if (!said) return std::nullopt;
        std::vector<std::string> names;
        for (const auto value : values) {
            names.emplace_back(model::oci_name(value));
            if (names.back() == *said) return value;
        }
        unknown(node, what, *said, suggest_token(*said, prefix, names));
        return std::nullopt;
    }

    void unknown(const Node& node, std::string_view what, std::string_view word, std::string hint) {
        constexpr std::size_t kShown = 60;
        diagnostics_.error(node.span, fmt::format("unknown {} '{}'", what, core::shortened(word, kShown)),
                           std::move(hint));
    }

    std::optional<std::uint16_t> errno_beside(const Node* node, std::string_view key,
                                              std::optional<Profile::ActionName> action) {
        if (present(node) == nullptr) return std::nullopt;
        if (action && !takes_errno(*action)) {
            stands_with(*node, key, *action);
            return std::nullopt;
        }
        const auto most = action == Profile::ActionName::trace ? kLargestTrace : kLargestErrno;
        const auto value = read_number(*node, key, most, diagnostics_);
        if (!value || (*value == 0 && dialect_.zero_errno_is_none)) return std::nullopt;
        return static_cast<std::uint16_t>(*value);
    }

    void read_default(MappingReader& fields, Profile& profile) {
        std::optional<Profile::ActionName> action;
        if (const auto* node = fields.required("defaultAction")) {
            profile.default_action_span = node->span;
            action = token(*node, kActions, "action", "SCMP_ACT_");
            profile.default_action = action.value_or(profile.default_action);
            if (action == Profile::ActionName::notify) {
                diagnostics_.error(node->span, "SCMP_ACT_NOTIFY cannot be the default action: runtimes refuse it",
                                   "the calls that start the container would wait for their own listener");
            }
        }
        if (dialect_.default_errno)
            profile.default_errno_ret = errno_beside(fields.optional("defaultErrnoRet"), "defaultErrnoRet", action);
        if (dialect_.errno_names)
            profile.default_errno_name = errno_name_beside(fields.optional("defaultErrno"), "defaultErrno", action);
    }

    /// containers/common: the name of an errno, or its number in quotes; "" says nothing.
    std::optional<Profile::Name> errno_name_beside(const Node* node, std::string_view key,
                                                   std::optional<Profile::ActionName> action) {
        if (present(node) == nullptr) return std::nullopt;
        auto name = word(*node);
        if (!name || name->text.empty()) return std::nullopt;
        if (action && !takes_errno(*action)) {
            stands_with(*node, key, *action);
            return std::nullopt;
        }
        if (errno_of(name->text)) return name;
        unknown(*node, "errno", name->text, "a name such as \"EPERM\", or a number in quotes");
        return std::nullopt;
    }

    void stands_with(const Node& node, std::string_view key, Profile::ActionName action) {
        diagnostics_.error(node.span, fmt::format("'{}' stands with {}, which takes none", key, oci_name(action)),
                           "leave it out; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take one");
    }

    void read_architectures(const Node* list, Profile& profile) {
        if (list == nullptr || !expect_few(*list, "architectures", kMostWords)) return;
        for (const auto& item : list->items) {
            const auto said = text(item);
            if (!said || (dialect_.native_token && *said == "SCMP_ARCH_NATIVE")) continue;
            if (const auto arch = model::arch_from_oci(*said)) {
                profile.architectures.push_back(*arch);
            } else if (is_uncompilable(*said)) {
                diagnostics_.error(item.span,
                                   fmt::format("libseccomp {} cannot compile for {}", libseccomp_version(), *said));
            } else {
                unknown_architecture(item, *said);
            }
        }
    }

    static bool is_uncompilable(std::string_view name) {
        return std::find(kUncompilable.begin(), kUncompilable.end(), name) != kUncompilable.end();
    }

    void unknown_architecture(const Node& item, const std::string& name) {
        std::vector<std::string> names;
        for (const auto& info : model::known_archs()) names.emplace_back(info.oci_name);
        unknown(item, "architecture", name,
                name == "SCMP_ARCH_NATIVE" ? "leave it out: the native architecture is always in"
                                           : suggest_token(name, "SCMP_ARCH_", names));
    }

    void read_arch_map(MappingReader& fields, Profile& profile) {
        const auto* list = present(fields.optional("archMap"));
        if (list == nullptr || !expect_few(*list, "architectures", kMostWords)) return;
        if (!list->items.empty() && !profile.architectures.empty()) {
            diagnostics_.error(list->span,
                               "'archMap' stands beside 'architectures': Docker and Podman take one of them",
                               "leave one of them out");
        }
        for (const auto& item : list->items) {
            Profile::ArchMapping mapping;
            MappingReader entry{item, "an entry of 'archMap'", diagnostics_};
            if (const auto* node = entry.required("architecture"))
                mapping.architecture = mapped(*node).value_or(Profile::Name{});
            const auto* subs = present(entry.optional("subArchitectures"));
            if (subs != nullptr && expect_few(*subs, "architectures", kMostWords)) {
                for (const auto& sub : subs->items) {
                    if (auto name = mapped(sub)) mapping.sub_architectures.push_back(std::move(*name));
                }
            }
            entry.finish();
            profile.arch_map.push_back(std::move(mapping));
        }
    }

    /// An architecture of `archMap`, which names also some that are compiled for on other hosts only.
    std::optional<Profile::Name> mapped(const Node& node) {
        auto name = word(node);
        if (!name || model::arch_from_oci(name->text) || is_uncompilable(name->text)) return name;
        unknown_architecture(node, name->text);
        return std::nullopt;
    }

    void read_flags(const Node* list, Profile& profile) {
        if (list == nullptr || !expect_few(*list, "flags", kMostWords)) return;
        profile.flags.emplace();
        const std::vector<std::string> names{kFlags.begin(), kFlags.end()};
        for (const auto& item : list->items) {
            auto said = text(item);
            if (!said) continue;
            if (std::find(names.begin(), names.end(), *said) == names.end()) {
                unknown(item, "flag", *said, suggest_token(*said, "SECCOMP_FILTER_FLAG_", names));
            }
            profile.flags->push_back(std::move(*said));
        }
    }

    void read_listener(MappingReader& fields, Profile& profile) {
        if (const auto* path = present(fields.optional("listenerPath"))) profile.listener_path = text(*path);
        const auto* metadata = present(fields.optional("listenerMetadata"));
        if (metadata == nullptr) return;
        profile.listener_metadata = text(*metadata);
        if (present(fields.node().find("listenerPath")) == nullptr) {
            diagnostics_.error(metadata->span, "'listenerMetadata' stands without 'listenerPath'",
                               "add 'listenerPath' or leave it out");
        }
    }

    void read_rules(const Node* list, Profile& profile) {
        if (list == nullptr || !expect_few(*list, "rules", kMostRules)) return;
        const auto before = diagnostics_.all().size();
        for (const auto& item : list->items) {
            profile.rules.push_back(read_rule(item));
            if (diagnostics_.all().size() - before < kMostErrors) continue;
            diagnostics_.note(item.span, "too many mistakes: the rules behind this one were not looked at");
            return;
        }
    }

    Profile::Rule read_rule(const Node& node) {
        Profile::Rule rule;
        rule.span = node.span;
        MappingReader fields{node, "a rule", diagnostics_};
        const auto* old_name = dialect_.conditions ? present(fields.optional("name")) : nullptr;
        const auto* names = old_name == nullptr ? fields.required("names") : present(fields.optional("names"));
        std::optional<Profile::ActionName> action;
        if (const auto* said = fields.required("action")) action = token(*said, kActions, "action", "SCMP_ACT_");
        rule.action = action.value_or(rule.action);
        rule.errno_ret = errno_beside(fields.optional("errnoRet"), "errnoRet", action);
        if (dialect_.errno_names) rule.errno_name = errno_name_beside(fields.optional("errno"), "errno", action);
        if (names != nullptr) read_names(*names, rule);
        if (old_name != nullptr) read_old_name(*old_name, rule);
        const auto* comment = dialect_.comments ? present(fields.optional("comment")) : nullptr;
        if (comment != nullptr) rule.comment = text(*comment).value_or("");
        if (dialect_.conditions) read_conditions(fields, rule);
        if (const auto* list = present(fields.optional("args"))) read_arguments(*list, rule);
        fields.finish();
        return rule;
    }

    void read_names(const Node& list, Profile::Rule& rule) {
        if (!expect_few(list, "system call names", kMostNames)) return;
        if (list.items.empty())
            diagnostics_.error(list.span, "a rule without a system call name", "leave the rule out");
        for (const auto& item : list.items) read_name(item, rule);
    }

    void read_name(const Node& item, Profile::Rule& rule) {
        auto name = word(item);
        if (!name) return;
        if (name->text.empty() || name->text.find_first_of(" \t\r\n") != std::string::npos) {
            diagnostics_.error(item.span,
                               name->text.empty() ? "an empty system call name"
                                                  : fmt::format("system call name {} holds a blank", shown(item)),
                               name->text.empty() ? "leave it out" : "write it without the blank");
            return;
        }
        if (rule.action == Profile::ActionName::notify && name->text == "write") {
            diagnostics_.error(item.span, "SCMP_ACT_NOTIFY cannot be used for 'write': runtimes refuse it",
                               "the runtime itself writes, to hand over the listener");
        }
        rule.names.push_back(std::move(*name));
    }

    void read_old_name(const Node& node, Profile::Rule& rule) {
        if (!rule.names.empty()) {
            diagnostics_.error(node.span, "'name' stands beside 'names': Docker and Podman refuse that",
                               "put it into 'names'");
            return;
        }
        rule.old_name = true;
        read_name(node, rule);
    }

    void read_conditions(MappingReader& fields, Profile::Rule& rule) {
        for (const auto& [key, into] : {std::pair{"includes", &rule.includes}, std::pair{"excludes", &rule.excludes}}) {
            const auto* node = present(fields.optional(key));
            if (node == nullptr) continue;
            MappingReader said{*node, fmt::format("'{}'", key), diagnostics_};
            into->caps = condition_words(present(said.optional("caps")), "capabilities");
            into->arches = condition_words(present(said.optional("arches")), "architectures");
            if (const auto* kernel = present(said.optional("minKernel"))) read_kernel(*kernel, *into);
            said.finish();
            for (const auto& cap : into->caps) warn_of_capability(cap, diagnostics_);
        }
    }

    std::vector<Profile::Name> condition_words(const Node* list, std::string_view what) {
        std::vector<Profile::Name> words;
        if (list == nullptr || !expect_few(*list, what, kMostWords)) return words;
        for (const auto& item : list->items) {
            if (auto said = word(item)) words.push_back(std::move(*said));
        }
        return words;
    }

    void read_kernel(const Node& node, Profile::Conditions& conditions) {
        auto said = word(node);
        if (!said || said->text.empty()) return;
        if (is_kernel(said->text)) {
            conditions.min_kernel = std::move(said);
        } else {
            diagnostics_.error(node.span, fmt::format("minKernel {} is no version of two numbers", shown(node)),
                               "write it as \"4.8\"");
        }
    }

    void read_arguments(const Node& list, Profile::Rule& rule) {
        if (!expect_few(list, "argument filters", kMostArguments)) return;
        for (const auto& item : list.items) rule.args.push_back(read_argument(item));
    }

    Profile::Argument read_argument(const Node& node) {
        constexpr auto kAny = std::numeric_limits<std::uint64_t>::max();
        Profile::Argument argument;
        argument.span = node.span;
        MappingReader fields{node, "an argument filter", diagnostics_};
        if (const auto* index = fields.required("index")) {
            argument.index =
                static_cast<unsigned>(read_number(*index, "index", kLastArgument, diagnostics_).value_or(0));
        }
        if (const auto* value = dialect_.value_required ? fields.required("value") : fields.optional("value"))
            argument.value = read_number(*value, "value", kAny, diagnostics_).value_or(0);
        const auto* two = present(fields.optional("valueTwo"));
        if (two != nullptr) argument.value_two = read_number(*two, "valueTwo", kAny, diagnostics_).value_or(0);
        std::optional<Profile::Operator> op;
        if (const auto* said = fields.required("op")) op = token(*said, kOperators, "operator", "SCMP_CMP_");
        argument.op = op.value_or(argument.op);
        if (argument.value_two != 0 && op && *op != Profile::Operator::masked_eq) {
            diagnostics_.warning(two->span, fmt::format("'valueTwo' says nothing beside {}", oci_name(*op)),
                                 "it counts with SCMP_CMP_MASKED_EQ only, where 'value' is the mask");
        }
        fields.finish();
        return argument;
    }

    const SpecDialect& dialect_;
    core::Diagnostics& diagnostics_;
};

}  // namespace

std::optional<std::uint16_t> errno_of(std::string_view name) {
    if (const auto number = core::number_in<std::uint16_t>(name))
        return *number <= kLargestErrno ? number : std::nullopt;
    const auto known = model::errno_number(name);
    return known ? std::optional{static_cast<std::uint16_t>(*known)} : std::nullopt;
}

std::optional<Profile> read_spec(const Node& node, const SpecDialect& dialect, core::Diagnostics& diagnostics) {
    const auto errors = [&] {
        return std::count_if(diagnostics.all().begin(), diagnostics.all().end(),
                             [](const core::Diagnostic& d) { return d.severity == core::Severity::error; });
    };
    const auto before = errors();
    auto profile = Reader{dialect, diagnostics}.read(node);
    warn_of_names(profile, diagnostics);
    return errors() == before ? std::optional{std::move(profile)} : std::nullopt;
}

}  // namespace callgate::profiles
