// The OCI runtime-spec's `linux.seccomp` (config-linux.md, "Seccomp"; schema/defs-linux.json) as JSON: alone in a file,
// or inside a whole config.json.
#include "harness/core/printable.h"
#include "harness/document/read.h"
#include "profiles/format.h"
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

namespace callgate::profiles::oci {

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

class Reader {
public:
    explicit Reader(core::Diagnostics& diagnostics) : diagnostics_{diagnostics} {}

    Profile read(const Node& node) {
        Profile profile;
        profile.name = node.span.file();
        profile.span = node.span;
        MappingReader fields{node, "a seccomp profile", diagnostics_};
        read_default(fields, profile);
        read_architectures(present(fields.optional("architectures")), profile);
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

    /// One of `values`, each written as its oci_name().
    template <typename Value, std::size_t Count>
    std::optional<Value> token(const Node& node, const std::array<Value, Count>& values, std::string_view what,
                               std::string_view prefix) {
        const auto word = read_text(node, diagnostics_);
        if (!word) return std::nullopt;
        std::vector<std::string> names;
        for (const auto value : values) {
            names.emplace_back(model::oci_name(value));
            if (names.back() == *word) return value;
        }
        unknown(node, what, *word, suggest_token(*word, prefix, names));
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
            diagnostics_.error(node->span, fmt::format("'{}' stands with {}, which takes none", key, oci_name(*action)),
                               "leave it out; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take one");
            return std::nullopt;
        }
        const auto most = action == Profile::ActionName::trace ? kLargestTrace : kLargestErrno;
        const auto value = read_number(*node, key, most, diagnostics_);
        return value ? std::optional{static_cast<std::uint16_t>(*value)} : std::nullopt;
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
        profile.default_errno_ret = errno_beside(fields.optional("defaultErrnoRet"), "defaultErrnoRet", action);
    }

    void read_architectures(const Node* list, Profile& profile) {
        if (list == nullptr || !expect_few(*list, "architectures", kMostWords)) return;
        std::vector<std::string> names;
        for (const auto& info : model::known_archs()) names.emplace_back(info.oci_name);
        for (const auto& item : list->items) {
            const auto word = read_text(item, diagnostics_);
            if (!word) continue;
            if (const auto arch = model::arch_from_oci(*word)) {
                profile.architectures.push_back(*arch);
            } else if (std::find(kUncompilable.begin(), kUncompilable.end(), *word) != kUncompilable.end()) {
                diagnostics_.error(item.span,
                                   fmt::format("libseccomp {} cannot compile for {}", libseccomp_version(), *word));
            } else if (*word == "SCMP_ARCH_NATIVE") {
                unknown(item, "architecture", *word, "leave it out: the native architecture is always in");
            } else {
                unknown(item, "architecture", *word, suggest_token(*word, "SCMP_ARCH_", names));
            }
        }
    }

    void read_flags(const Node* list, Profile& profile) {
        if (list == nullptr || !expect_few(*list, "flags", kMostWords)) return;
        profile.flags.emplace();
        const std::vector<std::string> names{kFlags.begin(), kFlags.end()};
        for (const auto& item : list->items) {
            auto word = read_text(item, diagnostics_);
            if (!word) continue;
            if (std::find(names.begin(), names.end(), *word) == names.end()) {
                unknown(item, "flag", *word, suggest_token(*word, "SECCOMP_FILTER_FLAG_", names));
            }
            profile.flags->push_back(std::move(*word));
        }
    }

    void read_listener(MappingReader& fields, Profile& profile) {
        if (const auto* path = present(fields.optional("listenerPath")))
            profile.listener_path = read_text(*path, diagnostics_);
        const auto* metadata = present(fields.optional("listenerMetadata"));
        if (metadata == nullptr) return;
        profile.listener_metadata = read_text(*metadata, diagnostics_);
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
        const auto* names = fields.required("names");
        std::optional<Profile::ActionName> action;
        if (const auto* word = fields.required("action")) action = token(*word, kActions, "action", "SCMP_ACT_");
        rule.action = action.value_or(rule.action);
        rule.errno_ret = errno_beside(fields.optional("errnoRet"), "errnoRet", action);
        if (names != nullptr) read_names(*names, rule);
        if (const auto* list = present(fields.optional("args"))) read_arguments(*list, rule);
        fields.finish();
        return rule;
    }

    void read_names(const Node& list, Profile::Rule& rule) {
        if (!expect_few(list, "system call names", kMostNames)) return;
        if (list.items.empty())
            diagnostics_.error(list.span, "a rule without a system call name", "leave the rule out");
        for (const auto& item : list.items) {
            auto word = read_text(item, diagnostics_);
            if (!word) continue;
            if (word->empty() || word->find_first_of(" \t\r\n") != std::string::npos) {
                diagnostics_.error(item.span,
                                   word->empty() ? "an empty system call name"
                                                 : fmt::format("system call name {} holds a blank", shown(item)),
                                   word->empty() ? "leave it out" : "write it without the blank");
                continue;
            }
            if (rule.action == Profile::ActionName::notify && *word == "write") {
                diagnostics_.error(item.span, "SCMP_ACT_NOTIFY cannot be used for 'write': runtimes refuse it",
                                   "the runtime itself writes, to hand over the listener");
            }
            rule.names.push_back({std::move(*word), item.span});
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
        if (const auto* value = fields.required("value"))
            argument.value = read_number(*value, "value", kAny, diagnostics_).value_or(0);
        const auto* two = present(fields.optional("valueTwo"));
        if (two != nullptr) argument.value_two = read_number(*two, "valueTwo", kAny, diagnostics_).value_or(0);
        std::optional<Profile::Operator> op;
        if (const auto* word = fields.required("op")) op = token(*word, kOperators, "operator", "SCMP_CMP_");
        argument.op = op.value_or(argument.op);
        if (argument.value_two != 0 && op && *op != Profile::Operator::masked_eq) {
            diagnostics_.warning(two->span, fmt::format("'valueTwo' says nothing beside {}", oci_name(*op)),
                                 "it counts with SCMP_CMP_MASKED_EQ only, where 'value' is the mask");
        }
        fields.finish();
        return argument;
    }

    core::Diagnostics& diagnostics_;
};

/// The profile's own object: the whole input, or what a config.json holds; null where a config.json holds none.
const Node* profile_in(const Node& root) {
    if (root.find("defaultAction") != nullptr || root.find("syscalls") != nullptr) return &root;
    const auto* linux_part = root.find("linux");
    return linux_part == nullptr ? nullptr : linux_part->find("seccomp");
}

bool recognises(const Node& root) {
    return profile_in(root) != nullptr;
}

std::optional<Profile> read(const Node& root, core::Diagnostics& diagnostics) {
    const auto* node = profile_in(root);
    if (node == nullptr) return std::nullopt;
    const auto errors = [&] {
        return std::count_if(diagnostics.all().begin(), diagnostics.all().end(),
                             [](const core::Diagnostic& d) { return d.severity == core::Severity::error; });
    };
    const auto before = errors();
    auto profile = Reader{diagnostics}.read(*node);
    warn_of_names(profile, diagnostics);
    return errors() == before ? std::optional{std::move(profile)} : std::nullopt;
}

}  // namespace

extern const ProfileFormat kFormat{"oci", "the OCI runtime-spec's linux.seccomp, as JSON", recognises, read};

}  // namespace callgate::profiles::oci
