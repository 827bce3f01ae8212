#include "harness/cli/profile_options.h"

#include "harness/cli/options.h"
#include "harness/core/files.h"
#include "profiles/load.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <utility>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

core::Result<document::Source> source_at(const fs::path& path, const std::string& name) {
    auto text = core::read_file(path);
    if (!text) return core::fail(text.error());
    return document::Source{std::make_shared<const core::SourceText>(core::SourceText{name, std::move(*text)})};
}

bool lies_below(const fs::path& path, const fs::path& folder) {
    const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end();
}

/// What a profile names: as minijail does from the current directory, else from where the profile is. A text that other
/// people wrote must not make callgate show files from elsewhere.
core::Result<document::Source> open_named(const std::string& named, const fs::path& profile) {
    std::error_code error;
    const auto here = fs::current_path(error);
    const auto folder = fs::weakly_canonical(fs::absolute(profile, error).parent_path(), error);
    for (const auto& base : {here, folder}) {
        const auto path = fs::weakly_canonical(base / named, error);
        if (!lies_below(path, here) && !lies_below(path, folder)) {
            return core::fail(
                fmt::format("'{}' is outside of the directory of the profile and of the current one", named));
        }
        if (fs::is_regular_file(path, error))
            return source_at(path, (base == here ? fs::path{named} : profile.parent_path() / named).lexically_normal());
    }
    return core::fail(fmt::format("there is no '{}', neither here nor beside the profile", named));
}

}  // namespace

void declare_reading(CLI::App& app, ProfileOptions& options) {
    std::vector<std::string> names;
    for (const auto* format : profiles::formats()) names.emplace_back(format->name);
    app.add_option("--from", options.from, "the format of the profile; without it, what its text shows")
        ->check(CLI::IsMember(names));
    app.add_option("--document", options.document, "which profile of a file that holds several, by its name");
    app.add_option("--base", options.bases, "a file in which base profiles are found by their name; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
}

void declare_target(CLI::App& app, ProfileOptions& options) {
    app.add_option(
        "--as", options.as,
        "where the profile is to be used: docker, containerd, crio or podman, with what differs from its\n"
        "defaults: docker,runc=1.1,arch=arm64,kernel=5.10,caps=default+CAP_SYS_ADMIN,nnp=true,libseccomp=2.5.4");
}

std::optional<profiles::Content> load_content(const std::string& path, const std::string& name, const core::Span& from,
                                              const ProfileOptions& options, core::Diagnostics& diagnostics) {
    const auto source = source_at(path, name);
    if (!source) {
        diagnostics.error(from, "profile: " + source.error().message);
        return std::nullopt;
    }
    profiles::ReadOptions reading;
    reading.format = options.from;
    reading.document = options.document;
    reading.open = [&](const std::string& named) { return open_named(named, path); };
    for (const auto& base : options.bases) {
        if (auto opened = source_at(base, base)) {
            reading.bases.push_back(std::move(*opened));
        } else {
            diagnostics.error({}, "--base: " + opened.error().message);
            return std::nullopt;
        }
    }
    return profiles::load(*source, reading, diagnostics);
}

std::optional<profiles::Target> target_of(const ProfileOptions& options, core::Diagnostics& diagnostics) {
    if (options.as.empty()) return std::nullopt;
    const auto targets = profiles::read_targets(options.as, host_kernel());
    if (!targets) {
        diagnostics.error({}, "--as: " + targets.error().message);
        return std::nullopt;
    }
    if (targets->size() != 1) {
        diagnostics.error({}, fmt::format("--as: one target, not {}", targets->size()),
                          "`callgate resolve --compare` takes several");
        return std::nullopt;
    }
    return targets->front();
}

profiles::Version host_kernel() {
    utsname names{};
    if (::uname(&names) != 0) return {};
    return profiles::read_version(names.release).value_or(profiles::Version{});
}

std::optional<int> write_result(const std::string& text, const std::string& path, bool force,
                                const Invocation& invocation) {
    if (path.empty() || path == "-") {
        invocation.out << text;
        return std::nullopt;
    }
    if (!force && fs::exists(path))
        return complain(invocation, fmt::format("'{}' is there already; --force overwrites it", path));
    if (auto written = core::write_file(path, text); !written) return complain(invocation, written.error().message);
    return std::nullopt;
}

}  // namespace callgate::cli
