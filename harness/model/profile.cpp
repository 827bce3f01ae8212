#include "harness/model/profile.h"

#include <algorithm>

namespace callgate::model {

bool is_conditional(const Profile::Rule& rule) {
    return !rule.includes.empty() || !rule.excludes.empty() || rule.errno_name || rule.old_name;
}

bool is_conditional(const Profile& profile) {
    return !profile.arch_map.empty() || profile.default_errno_name ||
           std::any_of(profile.rules.begin(), profile.rules.end(),
                       [](const Profile::Rule& rule) { return is_conditional(rule); });
}

std::string_view oci_name(Profile::ActionName action) {
    switch (action) {
        case Profile::ActionName::kill:
            return "SCMP_ACT_KILL";
        case Profile::ActionName::kill_process:
            return "SCMP_ACT_KILL_PROCESS";
        case Profile::ActionName::kill_thread:
            return "SCMP_ACT_KILL_THREAD";
        case Profile::ActionName::trap:
            return "SCMP_ACT_TRAP";
        case Profile::ActionName::error:
            return "SCMP_ACT_ERRNO";
        case Profile::ActionName::trace:
            return "SCMP_ACT_TRACE";
        case Profile::ActionName::allow:
            return "SCMP_ACT_ALLOW";
        case Profile::ActionName::log:
            return "SCMP_ACT_LOG";
        case Profile::ActionName::notify:
            return "SCMP_ACT_NOTIFY";
    }
    return "SCMP_ACT_KILL";
}

std::string_view oci_name(Profile::Operator op) {
    switch (op) {
        case Profile::Operator::ne:
            return "SCMP_CMP_NE";
        case Profile::Operator::lt:
            return "SCMP_CMP_LT";
        case Profile::Operator::le:
            return "SCMP_CMP_LE";
        case Profile::Operator::eq:
            return "SCMP_CMP_EQ";
        case Profile::Operator::ge:
            return "SCMP_CMP_GE";
        case Profile::Operator::gt:
            return "SCMP_CMP_GT";
        case Profile::Operator::masked_eq:
            return "SCMP_CMP_MASKED_EQ";
    }
    return "SCMP_CMP_EQ";
}

}  // namespace callgate::model
