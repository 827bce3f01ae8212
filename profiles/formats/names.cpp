// A list of system call names: one per line or several, separated by blanks or commas, with comments behind `#`; or a
// JSON list of strings. It is read as the profile that permits these and nothing else.
#include "profiles/names.h"

#include "harness/core/printable.h"
#include "profiles/allow_list.h"
#include "profiles/by_name.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/strict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace callgate::profiles::names {

namespace {

constexpr std::size_t kMostNames = 10'000;
constexpr std::string_view kSeparators = " \t\r,";

Piece without_comment(const Piece& line) {
    return part_of(line, 0, line.text.find('#'));
}

bool recognises(const Input& input) {
    if (input.root != nullptr) {
        const auto& items = input.root->items;
        return !items.empty() && std::all_of(items.begin(), items.end(), [](const document::Node& item) {
            return item.kind == document::Node::Kind::scalar && item.quoted;
        });
    }
    std::size_t found = 0;
    for (const auto& line : lines_of(input.source)) {
        for (const auto& word : words_of(without_comment(line), kSeparators)) {
            if (!is_syscall_word(word.text)) return false;
            ++found;
        }
    }
    return found != 0;
}

std::vector<model::Profile::Name> read_text_list(const Input& input, core::Diagnostics& diagnostics) {
    constexpr std::size_t kShown = 60;
    std::vector<model::Profile::Name> all;
    for (const auto& line : lines_of(input.source)) {
        for (const auto& word : words_of(without_comment(line), kSeparators)) {
            if (is_syscall_word(word.text)) {
                all.push_back({std::string{word.text}, word.span});
            } else {
                diagnostics.error(word.span,
                                  fmt::format("'{}' is no system call name", core::shortened(word.text, kShown)),
                                  "a name is letters, digits and '_'");
            }
        }
    }
    return all;
}

std::vector<model::Profile::Name> read_json_list(const document::Node& root, core::Diagnostics& diagnostics) {
    std::vector<model::Profile::Name> all;
    if (!expect_list(root, "system call names", diagnostics)) return all;
    for (const auto& item : root.items) {
        if (auto text = read_text(item, diagnostics)) all.push_back({std::move(*text), item.span});
    }
    return all;
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    const auto before = diagnostics.said();
    const auto all =
        input.root != nullptr ? read_json_list(*input.root, diagnostics) : read_text_list(input, diagnostics);
    if (all.size() > kMostNames) {
        diagnostics.error(all[kMostNames].span,
                          fmt::format("a list of {} system call names, more than {}", all.size(), kMostNames));
    }
    if (diagnostics.said() != before) return std::nullopt;
    auto profile = allow_list(input.source, all);
    warn_of_names(profile, diagnostics);
    return profile;
}

core::Result<Written> write(const model::Profile& profile) {
    Written written;
    const auto fallback = default_action(profile);
    if (fallback != model::Action{model::ActionKind::error, EPERM}) {
        written.losses.push_back(at(profile.default_action_span,
                                    fmt::format("a list of names has no default action: ERRNO(EPERM) instead of {}",
                                                model::describe(fallback))));
    }
    if (!profile.architectures.empty())
        written.losses.push_back("a list of names has no architectures: the native one is left");
    if (profile.flags || profile.listener_path)
        written.losses.push_back("a list of names has neither flags nor a listener");
    if (!model::refuses(fallback)) {
        written.losses.push_back("a list of names cannot permit what is not in it: every other call is refused");
    }
    for (const auto& call : by_name(profile)) {
        const auto& first = call.alternatives.front();
        if (call.unconditional() && first.action.kind == model::ActionKind::allow) {
            written.text += call.name.text + "\n";
        } else if (!call.unconditional()) {
            written.losses.push_back(
                at(call.name.span, fmt::format("a list of names has no argument filters: {} is refused whatever "
                                               "its arguments are",
                                               call.name.text)));
        } else if (first.action != model::Action{model::ActionKind::error, EPERM}) {
            written.losses.push_back(
                at(call.name.span, fmt::format("a list of names has no actions: {} is refused with "
                                               "EPERM instead of {}",
                                               call.name.text, model::describe(first.action))));
        }
    }
    if (written.text.empty()) written.losses.emplace_back("a list of names that permits nothing is an empty file");
    return written;
}

}  // namespace

extern const ProfileFormat kFormat{"names", "a list of system call names, which are permitted", recognises, read,
                                   write};

}  // namespace callgate::profiles::names
