#include "profiles/spec_writer.h"

#include "profiles/by_name.h"
#include "profiles/semantics.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace callgate::profiles {

namespace {

using Json = nlohmann::ordered_json;
using model::Profile;

Json texts(const std::vector<Profile::Name>& names) {
    auto list = Json::array();
    for (const auto& name : names) list.push_back(name.text);
    return list;
}

class Writer {
public:
    Writer(const Profile& profile, const SpecDialect& dialect, std::string_view format)
        : profile_{profile}, dialect_{dialect}, format_{format} {}

    Written write() {
        Json root;
        root["defaultAction"] = oci_name(profile_.default_action);
        write_errno(root, "defaultErrnoRet", "defaultErrno", profile_.default_errno_ret, profile_.default_errno_name);
        write_archs(root);
        if (profile_.flags) root["flags"] = *profile_.flags;
        if (profile_.listener_path) root["listenerPath"] = *profile_.listener_path;
        if (profile_.listener_metadata) root["listenerMetadata"] = *profile_.listener_metadata;
        auto rules = Json::array();
        for (const auto& rule : profile_.rules) {
            if (keeps(rule)) rules.push_back(json_of(rule));
        }
        root["syscalls"] = std::move(rules);
        written_.text = root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
        return std::move(written_);
    }

private:
    void write_errno(Json& into, const char* number_key, const char* name_key, std::optional<std::uint16_t> number,
                     const std::optional<Profile::Name>& name) const {
        if (name && dialect_.errno_names) {
            if (number) into[number_key] = *number;
            into[name_key] = name->text;
        } else if (name) {
            into[number_key] = errno_of(name->text).value_or(number.value_or(0));
        } else if (number) {
            into[number_key] = *number;
        }
    }

    void write_archs(Json& root) const {
        if (!profile_.arch_map.empty()) {
            auto map = Json::array();
            for (const auto& mapping : profile_.arch_map) {
                map.push_back({{"architecture", mapping.architecture.text},
                               {"subArchitectures", texts(mapping.sub_architectures)}});
            }
            root["archMap"] = std::move(map);
        }
        auto archs = Json::array();
        for (const auto arch : listed_archs(profile_)) archs.push_back(oci_name(arch));
        if (!archs.empty()) root["architectures"] = std::move(archs);
    }

    /// containers/common has no minKernel: a rule that it holds back is left out where it permits, and stays where it
    /// refuses.
    bool keeps(const Profile::Rule& rule) {
        if (!dialect_.errno_names || (!rule.includes.min_kernel && !rule.excludes.min_kernel)) return true;
        const auto& kernel = rule.includes.min_kernel ? *rule.includes.min_kernel : *rule.excludes.min_kernel;
        const bool refusing = model::refuses(action_of(rule));
        std::vector<std::string> names;
        for (const auto& name : rule.names) names.push_back(name.text);
        written_.losses.push_back(
            at(kernel.span, fmt::format("{} has no minKernel: the rule {}, so {} is refused", format_,
                                        refusing ? "always holds" : "is left out", listed(names))));
        return refusing;
    }

    [[nodiscard]] Json conditions(const Profile::Conditions& conditions) const {
        auto said = Json::object();
        if (!conditions.caps.empty()) said["caps"] = texts(conditions.caps);
        if (!conditions.arches.empty()) said["arches"] = texts(conditions.arches);
        if (conditions.min_kernel && !dialect_.errno_names) said["minKernel"] = conditions.min_kernel->text;
        return said;
    }

    [[nodiscard]] Json json_of(const Profile::Rule& rule) const {
        Json json;
        if (rule.old_name && rule.names.size() == 1) {
            json["name"] = rule.names.front().text;
        } else {
            json["names"] = texts(rule.names);
        }
        json["action"] = oci_name(rule.action);
        write_errno(json, "errnoRet", "errno", rule.errno_ret, rule.errno_name);
        for (const auto& argument : rule.args) json["args"].push_back(json_of(argument));
        if (!rule.comment.empty()) json["comment"] = rule.comment;
        if (!dialect_.conditions) return json;
        if (auto said = conditions(rule.includes); !said.empty()) json["includes"] = std::move(said);
        if (auto said = conditions(rule.excludes); !said.empty()) json["excludes"] = std::move(said);
        return json;
    }

    static Json json_of(const Profile::Argument& argument) {
        Json json;
        json["index"] = argument.index;
        json["value"] = argument.value;
        if (argument.value_two != 0 || argument.op == Profile::Operator::masked_eq)
            json["valueTwo"] = argument.value_two;
        json["op"] = oci_name(argument.op);
        return json;
    }

    const Profile& profile_;
    const SpecDialect& dialect_;
    std::string_view format_;
    Written written_;
};

}  // namespace

Written write_spec(const Profile& profile, const SpecDialect& dialect, std::string_view format) {
    return Writer{profile, dialect, format}.write();
}

std::string_view oci_name(model::Arch arch) {
    for (const auto& info : model::known_archs()) {
        if (info.arch == arch) return info.oci_name;
    }
    return {};
}

std::vector<model::Arch> listed_archs(const Profile& profile) {
    std::vector<model::Arch> archs;
    if (profile.native) archs.push_back(*profile.native);
    for (const auto arch : profile.architectures) {
        if (std::find(archs.begin(), archs.end(), arch) == archs.end()) archs.push_back(arch);
    }
    return archs;
}

}  // namespace callgate::profiles
