// SeccompProfile of the security-profiles-operator (api/seccompprofile/v1, v1beta1), as YAML of one or several
// documents or as JSON. A base profile is found by its name: in the same text, in the texts that were given, or beside
// the file.
#include "harness/core/printable.h"
#include "harness/document/read.h"
#include "profiles/crd_writer.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/spec_reader.h"
#include "profiles/strict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

namespace callgate::profiles::spo {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::string_view kGroup = "security-profiles-operator.x-k8s.io/";
constexpr std::array<std::string_view, 3> kOwnKeys{"state", "disabled", "baseProfileName"};
constexpr SpecDialect kDialect{.comments = false,
                               .default_errno = false,
                               .native_token = true,
                               .plain_strings = true,
                               .zero_errno_is_none = true,
                               .value_required = false,
                               .other_keys = kOwnKeys};
/// The operator follows no more base profiles than that.
constexpr std::size_t kMostBases = 15;

bool recognises(const Input& input) {
    if (input.root != nullptr) return input.root->find("apiVersion") != nullptr && input.root->find("kind") != nullptr;
    const auto lines = lines_of(input.source);
    return std::any_of(lines.begin(), lines.end(), [](const Piece& line) {
        return line.text.starts_with("apiVersion:") || line.text.starts_with("kind:");
    });
}

std::string_view scalar_of(const Node& node, std::string_view key) {
    const auto* value = node.find(key);
    return value == nullptr || value->kind != Node::Kind::scalar ? std::string_view{} : std::string_view{value->scalar};
}

std::string_view name_of(const Node& object) {
    const auto* metadata = object.find("metadata");
    return metadata == nullptr ? std::string_view{} : scalar_of(*metadata, "name");
}

bool is_profile(const Node& object) {
    return scalar_of(object, "kind") == "SeccompProfile";
}

std::optional<std::vector<Node>> objects_in(const Input& input, core::Diagnostics& diagnostics) {
    if (input.root != nullptr) return std::vector<Node>{*input.root};
    return document::parse_yaml(input.source, diagnostics);
}

const Node* find_named(const std::vector<Node>& objects, std::string_view name) {
    const auto found = std::find_if(objects.begin(), objects.end(),
                                    [&](const Node& object) { return is_profile(object) && name_of(object) == name; });
    return found == objects.end() ? nullptr : &*found;
}

std::string names_of(const std::vector<Node>& objects) {
    std::vector<std::string> names;
    for (const auto& object : objects) {
        if (is_profile(object)) names.emplace_back(name_of(object));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// The object that is meant, among those of the text.
const Node* choose(const Input& input, const std::vector<Node>& objects, const std::string& wanted,
                   core::Diagnostics& diagnostics) {
    const auto profiles = std::count_if(objects.begin(), objects.end(), is_profile);
    if (profiles == 0) {
        const auto* other = objects.empty() ? nullptr : objects.front().find("kind");
        diagnostics.error(other == nullptr ? first_byte(input.source) : other->span,
                          other == nullptr ? "this holds no object of the kind SeccompProfile"
                                           : fmt::format("a {} is no SeccompProfile", shown(*other)));
        return nullptr;
    }
    if (wanted.empty() && profiles == 1) return &*std::find_if(objects.begin(), objects.end(), is_profile);
    const auto* found = wanted.empty() ? nullptr : find_named(objects, wanted);
    if (found != nullptr) return found;
    diagnostics.error(first_byte(input.source),
                      wanted.empty() ? fmt::format("this holds {} profiles", profiles)
                                     : fmt::format("no profile in this is called '{}'", core::shortened(wanted, 60)),
                      fmt::format("name one with --document: {}", core::shortened(names_of(objects), 400)));
    return nullptr;
}

class Reader {
public:
    Reader(const ReadOptions& options, core::Diagnostics& diagnostics) : options_{options}, diagnostics_{diagnostics} {}

    std::optional<model::Profile> read(const Node& object, const std::vector<Node>& siblings) {
        auto profile = read_object(object);
        const auto* base = base_of(object);
        if (!profile || base == nullptr || base->scalar.empty()) return profile;
        followed_.insert(std::string{name_of(object)});
        auto rules = read_base(*base, siblings);
        if (!rules) return std::nullopt;
        profile->rules.insert(profile->rules.end(), std::make_move_iterator(rules->begin()),
                              std::make_move_iterator(rules->end()));
        return profile;
    }

private:
    static const Node* base_of(const Node& object) {
        const auto* spec = object.find("spec");
        const auto* base = spec == nullptr ? nullptr : spec->find("baseProfileName");
        return base == nullptr || base->kind != Node::Kind::scalar ? nullptr : base;
    }

    std::optional<model::Profile> read_object(const Node& object) {
        MappingReader fields{object, "a SeccompProfile", diagnostics_};
        const auto before = diagnostics_.said();
        const auto* version = fields.required("apiVersion");
        for (const auto* key : {"kind", "metadata", "status"}) (void)fields.optional(key);
        if (version != nullptr) check_version(*version);
        const auto* spec = fields.required("spec");
        fields.finish();
        if (spec == nullptr || diagnostics_.said() != before) return std::nullopt;
        return read_spec(*spec, kDialect, diagnostics_);
    }

    void check_version(const Node& node) {
        for (const auto* version : {"v1", "v1beta1"}) {
            if (node.scalar == std::string{kGroup} + version) return;
        }
        diagnostics_.error(node.span, fmt::format("apiVersion {} is not read", shown(node)),
                           fmt::format("{}v1 and {}v1beta1 are", kGroup, kGroup));
    }

    using Rules = std::vector<model::Profile::Rule>;

    /// The rules of the base, and of its own bases. The operator takes nothing else from them.
    std::optional<Rules> read_base(const Node& name, const std::vector<Node>& siblings) {
        if (name.scalar.starts_with("oci://")) {
            return refuse(name, "is an artifact of a registry", "pull it, and give its file with --base");
        }
        if (!followed_.insert(name.scalar).second) return refuse(name, "is its own base", "");
        if (followed_.size() > kMostBases + 1) return refuse(name, "is the base of too long a chain of bases", "");
        if (const auto* object = find_named(siblings, name.scalar)) return rules_of(*object, siblings);
        for (const auto& source : options_.bases) {
            const auto objects = objects_of(source);
            if (!objects) return std::nullopt;
            if (const auto* object = find_named(*objects, name.scalar)) return rules_of(*object, *objects);
        }
        return read_beside(name);
    }

    std::optional<Rules> rules_of(const Node& object, const std::vector<Node>& siblings) {
        auto profile = read_object(object);
        if (!profile) return std::nullopt;
        const auto* base = base_of(object);
        if (base == nullptr || base->scalar.empty()) return std::move(profile->rules);
        auto more = read_base(*base, siblings);
        if (!more) return std::nullopt;
        profile->rules.insert(profile->rules.end(), more->begin(), more->end());
        return std::move(profile->rules);
    }

    std::optional<std::vector<Node>> objects_of(const document::Source& source) {
        const auto start = source->text.find_first_not_of(" \t\r\n");
        if (start == std::string::npos || source->text[start] != '{') return document::parse_yaml(source, diagnostics_);
        auto root = document::parse_json(source, diagnostics_);
        return root ? std::optional{std::vector<Node>{std::move(*root)}} : std::nullopt;
    }

    std::optional<Rules> read_beside(const Node& name) {
        const auto is_plain = [](char c) {
            return is_syscall_word({&c, 1}) || std::string_view{"-.0123456789"}.find(c) != std::string_view::npos;
        };
        const bool plain = std::all_of(name.scalar.begin(), name.scalar.end(), is_plain);
        for (const auto* extension : {".yaml", ".yml", ".json"}) {
            if (!options_.open || !plain) break;
            const auto source = options_.open(name.scalar + extension);
            if (!source) continue;
            const auto objects = objects_of(*source);
            if (!objects) return std::nullopt;
            if (const auto* object = find_named(*objects, name.scalar)) return rules_of(*object, *objects);
        }
        return refuse(name, "is not at hand",
                      "give the file that holds it with --base FILE, or put it beside as NAME.yaml");
    }

    std::optional<Rules> refuse(const Node& name, std::string_view why, std::string hint) {
        diagnostics_.error(name.span, fmt::format("the base profile {} {}", shown(name), why), std::move(hint));
        return std::nullopt;
    }

    const ReadOptions& options_;
    core::Diagnostics& diagnostics_;
    std::set<std::string> followed_;
};

std::optional<Content> read(const Input& input, const ReadOptions& options, core::Diagnostics& diagnostics) {
    const auto objects = objects_in(input, diagnostics);
    if (!objects) return std::nullopt;
    const auto* object = choose(input, *objects, options.document, diagnostics);
    if (object == nullptr) return std::nullopt;
    auto profile = Reader{options, diagnostics}.read(*object, *objects);
    if (!profile) return std::nullopt;
    profile->name = input.source->name;
    return std::move(*profile);
}

}  // namespace

extern const ProfileFormat kFormat{"spo", "SeccompProfile of the security-profiles-operator, v1 and v1beta1",
                                   recognises, read, write_crd};

}  // namespace callgate::profiles::spo
