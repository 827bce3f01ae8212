#include "profiles/rewrite.h"

#include "profiles/new_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace callgate::profiles {

namespace {

using document::Node;

/// The node with that span; a profile may lie inside a larger document.
const Node* node_at(const Node& node, const core::Span& span) {
    if (node.span.begin == span.begin && node.span.end == span.end) return &node;
    for (const auto& member : node.members) {
        if (const auto* found = node_at(member.value, span)) return found;
    }
    return nullptr;
}

std::string quoted(const std::string& word) {
    return "\"" + word + "\"";
}

/// Where each name goes: to its place in a sorted list, to the end of any other.
std::vector<Insertion> insertions(const Node& list, const std::set<std::string>& words) {
    std::vector<std::string> present;
    for (const auto& item : list.items) present.push_back(item.scalar);
    const bool sorted = std::is_sorted(present.begin(), present.end());
    std::vector<Insertion> out;
    for (const auto& word : words) {
        const auto place = sorted ? std::upper_bound(present.begin(), present.end(), word) : present.end();
        out.push_back({static_cast<std::size_t>(place - present.begin()), quoted(word)});
    }
    return out;
}

class Rewriter {
public:
    Rewriter(const model::Profile& profile, const Changes& changes, const Node& root)
        : profile_{profile}, changes_{changes}, root_{root}, new_names_{changes.new_rule} {
        for (std::size_t index = 0; index < profile.rules.size(); ++index) {
            const auto& span = profile.rules[index].span;
            if (span.source == profile.span.source) rules_.emplace(span.begin, index);
        }
    }

    std::vector<Edit> edits() {
        add_architectures();
        edit_rules();
        sort_edits(edits_);
        return std::move(edits_);
    }

private:
    static bool is_list(const Node* node) { return node != nullptr && node->kind == Node::Kind::sequence; }

    void append(std::vector<Edit> more) { edits_.insert(edits_.end(), more.begin(), more.end()); }

    /// The value of a key, which may be null or absent so far.
    void set_member(std::string_view key, const std::string& value, const document::Member& behind) {
        if (const auto* present = root_.find(key)) {
            edits_.push_back({present->span.begin, present->span.end, value});
            return;
        }
        const auto at = behind.value.span.end;
        edits_.push_back({at, at, fmt::format("{}\"{}\"{}{}", member_separator(root_), key, colon_of(root_), value)});
    }

    void add_architectures() {
        if (changes_.architectures.empty()) return;
        const auto* list = root_.find("architectures");
        std::vector<Insertion> added;
        if (is_list(list) && !list->items.empty()) {
            for (const auto& name : changes_.architectures) added.push_back({list->items.size(), quoted(name)});
            return append(edit_list(*list, {}, added));
        }
        // The native one is always in; a list that names only another one would hide that.
        std::vector<std::string> words;
        for (const auto& info : model::known_archs()) {
            if (info.arch == model::native_arch()) words.push_back(quoted(std::string{info.oci_name}));
        }
        for (const auto& name : changes_.architectures) words.push_back(quoted(name));
        const auto* behind = &root_.members.front();
        for (const auto& member : root_.members) {
            if (member.key == "defaultAction") behind = &member;
        }
        set_member("architectures", fmt::format("[{}]", fmt::join(words, ", ")), *behind);
    }

    void edit_rules() {
        const auto* list = root_.find("syscalls");
        std::set<std::size_t> dropped;
        for (std::size_t rule = 0; is_list(list) && rule < list->items.size(); ++rule) {
            const auto index = index_of(list->items[rule]);
            if (index && !edit_names(list->items[rule], *index)) dropped.insert(rule);
        }
        if (new_names_.empty()) {
            if (!dropped.empty()) append(edit_list(*list, dropped, {}));
            return;
        }
        if (is_list(list) && !list->items.empty()) {
            return append(edit_list(*list, dropped, {{list->items.size(), new_rule(root_, list, new_names_)}}));
        }
        set_member("syscalls", new_rule_list(root_, new_names_), root_.members.back());
    }

    /// The rule of the profile that was read from there; none for one that does not hold where the profile was
    /// resolved.
    [[nodiscard]] std::optional<std::size_t> index_of(const Node& item) const {
        const auto found = rules_.find(item.span.begin);
        return found == rules_.end() ? std::nullopt : std::optional{found->second};
    }

    /// A rule that holds on some hosts only, or is read by some programs only: no place for what is always to hold.
    static bool is_conditional(const Node& rule) {
        const auto says = [&](std::string_view key) {
            const auto* node = rule.find(key);
            return node != nullptr && !node->members.empty();
        };
        return says("includes") || says("excludes") || rule.find("name") != nullptr;
    }

    /// Indices among the names of the rule as indices into the list: a profile that was resolved may have lost some.
    [[nodiscard]] std::set<std::size_t> items_of(const std::set<std::size_t>& removed, std::size_t rule,
                                                 const Node& list) const {
        std::set<std::size_t> items;
        for (const auto name : removed) {
            const auto begin = profile_.rules[rule].names[name].span.begin;
            for (std::size_t i = 0; i < list.items.size(); ++i) {
                if (list.items[i].span.begin == begin) items.insert(i);
            }
        }
        return items;
    }

    /// False when the rule has lost all its names and nothing is left to edit.
    bool edit_names(const Node& rule, std::size_t index) {
        const auto removed = changes_.removed_names.find(index);
        const auto added = changes_.added_names.find(index);
        auto out = removed == changes_.removed_names.end() ? std::set<std::size_t>{} : removed->second;
        auto in = added == changes_.added_names.end() ? std::set<std::string>{} : added->second;
        if (is_conditional(rule)) new_names_.merge(in);
        in = is_conditional(rule) ? std::set<std::string>{} : in;
        if (out.empty() && in.empty()) return true;
        const auto* names = rule.find("names");
        if (!is_list(names)) return rule.find("name") == nullptr;
        out = items_of(out, index, *names);
        if (out.size() == names->items.size() && in.empty()) return false;
        append(edit_list(*names, out, insertions(*names, in)));
        return true;
    }

    const model::Profile& profile_;
    const Changes& changes_;
    const Node& root_;
    std::set<std::string> new_names_;
    std::map<std::size_t, std::size_t> rules_;  ///< by where they begin in the text
    std::vector<Edit> edits_;
};

}  // namespace

bool Changes::empty() const {
    return removed_names.empty() && added_names.empty() && new_rule.empty() && architectures.empty();
}

core::Result<std::vector<Edit>> rewrite(const model::Profile& profile, const Changes& changes) {
    if (!profile.span.known()) return core::fail(fmt::format("the text of '{}' is not at hand", profile.name));
    core::Diagnostics unheard;
    const auto document = document::parse_json(profile.span.source, unheard);
    const auto* root = document ? node_at(*document, profile.span) : nullptr;
    if (root == nullptr) return core::fail(fmt::format("'{}' is not JSON: its text cannot be edited", profile.name));
    return Rewriter{profile, changes, *root}.edits();
}

}  // namespace callgate::profiles
