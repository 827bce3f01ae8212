#include "profiles/allow_list.h"

#include "profiles/lines.h"

#include <set>

namespace callgate::profiles {

model::Profile allow_list(const document::Source& source, const std::vector<model::Profile::Name>& names) {
    model::Profile profile;
    profile.name = source->name;
    profile.span = {source, 0, source->text.size()};
    profile.default_action = model::Profile::ActionName::error;
    profile.default_action_span = first_byte(source);
    model::Profile::Rule rule;
    rule.action = model::Profile::ActionName::allow;
    rule.span = profile.span;
    std::set<std::string> seen;
    for (const auto& name : names) {
        if (seen.insert(name.text).second) rule.names.push_back(name);
    }
    if (!rule.names.empty()) profile.rules.push_back(std::move(rule));
    return profile;
}

}  // namespace callgate::profiles
