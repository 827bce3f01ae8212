#include "harness/ports/oracles.h"

#include <array>
#include <string>

namespace callgate::ports {

namespace {

struct Listed {
    std::string name;
    std::string_view summary;
};

std::vector<Listed> listed() {
    std::vector<Listed> all{
#define CALLGATE_ORACLE(name, summary) {#name, summary},
#include "harness/ports/oracles.inc"
#undef CALLGATE_ORACLE
    };
    for (auto& one : all) {
        for (auto& c : one.name) c = c == '_' ? '-' : c;
    }
    return all;
}

}  // namespace

std::span<const OracleInfo> oracles() {
    static const auto names = listed();
    static const auto infos = [] {
        std::vector<OracleInfo> made;
        for (const auto& one : names) made.push_back({one.name, one.summary});
        return made;
    }();
    return infos;
}

}  // namespace callgate::ports
