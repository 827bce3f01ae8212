#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/files.h"
#include "harness/document/node.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "profiles/load.h"
#include "tests/support/published_profiles.h"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace callgate::profiles {

inline document::Source source_of(std::string text, std::string name = "p.json") {
    return std::make_shared<const core::SourceText>(core::SourceText{std::move(name), std::move(text)});
}

/// A profile that must be good.
inline model::Profile profile_of(const std::string& text, const std::string& name = "p.json") {
    core::Diagnostics diagnostics;
    auto profile = load(source_of(text, name), diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(profile.has_value());
    return *profile;
}

/// What is said about a text, whether it is good or not.
inline std::string complaints(const std::string& text, const std::string& name = "p.json") {
    core::Diagnostics diagnostics;
    const auto profile = load(source_of(text, name), diagnostics);
    CHECK(profile.has_value() != diagnostics.has_errors());
    return core::render(diagnostics);
}

inline std::string file_text(const std::string& path) {
    const auto text = core::read_file(path, 4'000'000);
    REQUIRE(text.has_value());
    return *text;
}

using test::published_profiles;

inline model::Call call_of(const std::string& arch, const std::string& name,
                           const std::array<std::uint64_t, 6>& args = {}) {
    for (const auto& info : model::known_archs()) {
        if (info.short_name != arch) continue;
        const auto nr = model::syscall_number(info.arch, name);
        INFO(arch << " " << name);
        REQUIRE(nr.has_value());
        return {*nr, model::audit_arch(info.arch), 0, args};
    }
    FAIL("no architecture " << arch);
    return {};
}

/// A call on x86_64 for each name, without arguments.
inline std::vector<model::Call> calls_named(const std::vector<std::string>& names) {
    std::vector<model::Call> calls;
    for (const auto& name : names) calls.push_back(call_of("x86_64", name));
    return calls;
}

}  // namespace callgate::profiles
